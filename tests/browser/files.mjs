// What the real binary makes: an authority, people, their documents, requests, presentations, and bundles of several times;
// and what a ledger of test makes of the bundles.

import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";

const HOUR = 3_600_000;
const ELEMENTS = "family_name,given_name,family_name_hangul,given_name_hangul,birth_date,age_over_19,portrait";

const text = (time) => `${new Date(time).toISOString().slice(0, 19)}Z`;

/** Everything that the scenarios need, by name: paths, and the times of the bundles. */
export function makeFiles(mapae, folder) {
  const now = Date.now();
  const run = (...words) => execFileSync(mapae, words, { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
  const at = (hoursAgo) => ["--at", text(now - hoursAgo * HOUR)];
  authority(run, at);
  const [kept, revoked] = people(folder);
  const bundle = (name, hoursAgo, authority = "A", issued = "I") =>
    run("bundle", "build", "--authority", authority, "--issued", issued, "--out", name, ...at(hoursAgo));
  bundle("older.bundle", 3);
  bundle("newer.bundle", 2);
  request(run, at, "request.json", "open an account");
  for (const [person, name] of [[kept, "shown"], [revoked, "revoked"]]) presentations(run, at, person, name);
  run("revoke", "--authority", "A", "--issued", "I", "--person", revoked, "--document", "resident", ...at(0.5));
  bundle("revoked.bundle", 0.4);
  bundle("stranger.bundle", 1, "B", "J");
  execFileSync(join(dirname(mapae), "examples", "logged_bundles"), [folder], { stdio: "inherit" });
  return { folder, now, path: (name) => join(folder, name), bytes: (name) => readFileSync(join(folder, name)) };
}

function authority(run, at) {
  run("people", "sample", "--count", "8", "--seed", "7", "--out", "R");
  for (const [authority, issued] of [["A", "I"], ["B", "J"]]) {
    run("authority", "init", "--dir", authority, ...at(80));
    run("issue", "--authority", authority, "--document", "resident", "--register", "R/resident.csv", "--out", issued, "--copies", "1", ...at(79));
  }
}

/** Two people who got a resident card. */
function people(folder) {
  const issued = (name) => readdirSync(join(folder, "I", name)).includes("resident");
  return readdirSync(join(folder, "I"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && issued(entry.name))
    .map((entry) => entry.name)
    .sort();
}

function request(run, at, name, purpose) {
  run("request", "--document", "resident", "--elements", ELEMENTS, "--purpose", purpose, "--out", name, ...at(0.2));
}

function presentations(run, at, person, name) {
  for (const format of ["mdoc", "sd-jwt"]) {
    run("present", "--from", join("I", person, "resident"), "--request", "request.json", "--format", format, "--out", `${name}.${format}`, ...at(0.1));
  }
}
