// What the provider remembers, in one JSON file that is written before any answer leaves.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';

export class FileState {
  constructor(file) {
    this.file = file;
    try {
      this.rows = new Map(Object.entries(JSON.parse(readFileSync(file, 'utf8'))));
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
      this.rows = new Map();
    }
  }

  once(key, make) {
    if (!this.rows.has(key)) this.set(key, make());
    return this.rows.get(key);
  }

  set(key, value) {
    this.rows.set(key, value);
    this.save();
  }

  save() {
    writeFileSync(`${this.file}.new`, JSON.stringify(Object.fromEntries(this.rows)));
    renameSync(`${this.file}.new`, this.file);
  }

  adapter(model) {
    const key = (id) => `${model}:${id}`;
    const live = (row) => (row && (!row.until || row.until > Date.now()) ? row.payload : undefined);
    const first = (wanted) => [...this.rows].find(([name, row]) => name.startsWith(`${model}:`) && wanted(row.payload))?.[1];
    return {
      upsert: async (id, payload, seconds) => this.set(key(id), { payload, until: seconds ? Date.now() + seconds * 1000 : null }),
      find: async (id) => live(this.rows.get(key(id))),
      findByUid: async (uid) => live(first((payload) => payload.uid === uid)),
      findByUserCode: async (code) => live(first((payload) => payload.userCode === code)),
      destroy: async (id) => {
        this.rows.delete(key(id));
        this.save();
      },
      consume: async (id) => {
        this.rows.get(key(id)).payload.consumed = Math.floor(Date.now() / 1000);
        this.save();
      },
      revokeByGrantId: async (grantId) => {
        for (const [name, row] of this.rows) {
          if (row.payload?.grantId === grantId) this.rows.delete(name);
        }
        this.save();
      },
    };
  }
}
