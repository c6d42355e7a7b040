//! Turns a WebAssembly module into JavaScript that every bundler, browser and Node understands:
//! the glue, its types, and the module itself as text, compressed. Apart from `xtask`, because it is big to
//! build and only the packages need it.

use std::{env, fs, io::Write as _, path::PathBuf};

use anyhow::{Context, Result};
use base64ct::{Base64, Encoding};
use flate2::{Compression, write::GzEncoder};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<()> {
    let mut args = env::args_os().skip(1).map(PathBuf::from);
    let usage = "usage: xtask-wasm MODULE.wasm FOLDER";
    let module = args.next().context(usage)?;
    let folder = args.next().context(usage)?;
    fs::create_dir_all(&folder)?;
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(&module)
        .web(true)?
        .omit_default_module_path(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .out_name("core")
        .typescript(true);
    bindgen.generate(&folder)?;
    let raw = folder.join("core_bg.wasm");
    let bytes = fs::read(&raw).with_context(|| raw.display().to_string())?;
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(&bytes)?;
    let text = Base64::encode_string(&packed.finish()?);
    fs::write(
        folder.join("module.js"),
        format!("export default '{text}'\n"),
    )?;
    fs::write(
        folder.join("module.d.ts"),
        "declare const text: string\nexport default text\n",
    )?;
    fs::remove_file(folder.join("core_bg.wasm.d.ts"))?;
    fs::remove_file(raw)?;
    Ok(())
}
