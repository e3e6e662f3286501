// Whoever hosts the page, and what they can put in its place: another edition with a list of its own, or other bytes under
// the names of the list. And the agency that enters a release into the ledger.

import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";

const LIST = "release.json";
const TYPES = {
  ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".json": "application/json", ".wasm": "application/wasm", ".css": "text/css",
  ".svg": "image/svg+xml", ".png": "image/png", ".webmanifest": "application/manifest+json",
};

/** The page's files by name, with some more or other ones; the list is that of the build. */
export function filesOf({ settings: { wallet } }, others = {}) {
  const built = readdirSync(wallet).map((name) => [name, readFileSync(join(wallet, name))]);
  return new Map([...built, ...Object.entries(others).map(([name, text]) => [name, Buffer.from(text)])]);
}

/** Another edition of the page, which says its name once it runs, and its list. */
export function edition(stage, name) {
  const files = filesOf(stage, { "app.js": saying(stage, name) });
  const hash = (bytes) => `sha256-${createHash("sha256").update(bytes).digest("base64")}`;
  const list = [...files].filter(([name]) => name !== LIST).map(([name, bytes]) => [name, hash(bytes)]);
  return files.set(LIST, Buffer.from(JSON.stringify(list)));
}

/** The page's first script, which also says a name. */
export const saying = ({ settings: { wallet } }, name) => `${readFileSync(join(wallet, "app.js"), "utf8")}\ndocument.documentElement.dataset.edition = "${name}";\n`;

/** What the page that runs says. */
export const editionOf = ({ page }) => page.evaluate(() => document.documentElement.dataset.edition ?? "the first");

/** From now on this is what the wallet's host serves to a citizen, as what the names say or as it likes. */
export function host({ recorder, country }, files, type) {
  recorder.seize(({ port, pathname }) => {
    const name = pathname.slice(1) || "index.html";
    const is = port === new URL(country.wallet).port && files.has(name);
    return is ? { type: type ?? TYPES[extname(name)], body: files.get(name) } : null;
  });
}

/** What the host's `config.json` says, with something else in it. */
export async function configured(visit, other) {
  const config = await (await fetch(`${visit.country.wallet}/config.json`)).json();
  host(visit, new Map([["config.json", Buffer.from(JSON.stringify({ ...config, ...other }))]]));
}

/** Enters an edition into the ledger and waits for the bundle that says so. */
export function enter({ country }, name, files) {
  const { ledger, dir, mapae } = country;
  writeFileSync(join(dir, `${name}.json`), files.get(LIST));
  writeFileSync(join(dir, `${name}.toml`), `kind = "release"\nname = "wallet-web"\nversion = "9.9.9"\nfile = "${name}.json"\n`);
  const [policy, agency] = [["--policy", "policy.txt"], ["--agency", "agencies/interior"]];
  mapae("ledger", "entry", "--from", `${name}.toml`, ...agency, "--out", `${name}.cbor`);
  mapae("ledger", "submit", "--to", ledger, ...policy, `${name}.cbor`);
  mapae("bundle", "publish", "--ledger", ledger, ...policy, ...agency, "--authority", "authority", "--lists", "issuer/lists", "--out", "trust.bundle");
}
