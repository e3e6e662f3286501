// What a visitor downloads before the page decides anything.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";

import { scenario } from "./scenario.mjs";

const LIMIT = 400_000;

export function size(stage) {
  scenario("the WebAssembly is at most 400 KB in Brotli", () => {
    const { web } = stage.settings;
    const modules = readdirSync(web).filter((name) => name.endsWith(".wasm"));
    assert.ok(modules.length > 0);
    const bytes = modules.reduce((sum, name) => sum + brotliCompressSync(readFileSync(join(web, name))).length, 0);
    assert.ok(bytes <= LIMIT, `${bytes} bytes of WebAssembly in Brotli, ${LIMIT} allowed`);
    return `${bytes} bytes of WebAssembly in Brotli, ${LIMIT} allowed`;
  });
}
