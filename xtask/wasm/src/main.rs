//! Turns a WebAssembly module into JavaScript that every bundler, browser and Node understands:
//! the glue, its types, those of its messages, and the module itself as text, compressed. Apart from `xtask`, because it is big to
//! build and only the packages need it.

use std::{env, fs, path::PathBuf};

use anyhow::{Context, Result, ensure};
use base64ct::{Base64, Encoding};
use tenure_wasm::messages::typescript;
use wasm_bindgen_cli_support::Bindgen;
use zopfli::{Format, Options};

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
    let glue = folder.join("core.js");
    let text = fs::read_to_string(&glue).with_context(|| glue.display().to_string())?;
    fs::write(&glue, made_at_start(text)?)?;
    let raw = folder.join("core_bg.wasm");
    let bytes = fs::read(&raw).with_context(|| raw.display().to_string())?;
    // Every page downloads it: a few seconds for a thirtieth of it.
    let mut packed = Vec::new();
    zopfli::compress(Options::default(), Format::Gzip, &*bytes, &mut packed)?;
    let text = Base64::encode_string(&packed);
    fs::write(
        folder.join("module.js"),
        format!("export default '{text}'\n"),
    )?;
    fs::write(
        folder.join("module.d.ts"),
        "declare const text: string\nexport default text\n",
    )?;
    // Beside the folder, for it is kept: whoever reads the sources has no build.
    if module.file_stem().is_some_and(|name| name == "tenure_wasm") {
        fs::write(folder.with_file_name("messages.ts"), typescript())?;
    }
    fs::remove_file(folder.join("core_bg.wasm.d.ts"))?;
    fs::remove_file(raw)?;
    Ok(())
}

/// Moves what the glue makes of a page's globals from its top level into the start of the module. A
/// page in tests (jsdom) has neither, and must be able to load a program that uses Tenure.
fn made_at_start(mut glue: String) -> Result<String> {
    for (written, wanted) in MOVED {
        let found = glue.matches(written).count();
        ensure!(
            found == 1,
            "the glue of wasm-bindgen has changed: {found} times in it is\n{written}"
        );
        glue = glue.replace(written, wanted);
    }
    let early = glue.lines().find(|line| {
        let is_top_level = !line.starts_with([' ', '}', '*', '/']);
        is_top_level && line.contains("new ") && !line.contains("function")
    });
    ensure!(
        early.is_none(),
        "the glue makes something when it is loaded: {early:?}"
    );
    Ok(glue)
}

/// Parts of the glue, and what takes their place.
const MOVED: [(&str, &str); 3] = [
    (
        "let cachedTextDecoder = new TextDecoder('utf-8', { ignoreBOM: true });
cachedTextDecoder.decode();
",
        "let cachedTextDecoder;
",
    ),
    (
        "const cachedTextEncoder = new TextEncoder();

if (!('encodeInto' in cachedTextEncoder)) {
    cachedTextEncoder.encodeInto = function (arg, view) {
        const buf = cachedTextEncoder.encode(arg);
        view.set(buf);
        return {
            read: arg.length,
            written: buf.length
        };
    };
}
",
        "let cachedTextEncoder;
",
    ),
    (
        "function __wbg_finalize_init(instance, module) {
",
        "function __wbg_finalize_init(instance, module) {
    cachedTextDecoder = new TextDecoder('utf-8', { ignoreBOM: true });
    cachedTextEncoder = new TextEncoder();
",
    ),
];
