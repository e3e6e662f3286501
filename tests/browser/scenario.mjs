// Scenarios are told first and then run, a few at a time; they are counted.

const told = [];
const done = { passed: 0, failed: 0 };
const started = Date.now();

/** One thing that must hold. */
export function scenario(name, run) {
  told.push({ name, run });
}

/** Runs those whose name contains `only`, `workers` at a time. The others go on if one does not hold. */
export async function play(workers, only) {
  const left = told.splice(0).filter(({ name }) => name.includes(only));
  const work = async () => {
    for (let next = left.shift(); next; next = left.shift()) await one(next);
  };
  await Promise.all(Array.from({ length: workers }, work));
}

async function one({ name, run }) {
  const from = Date.now();
  try {
    const remark = await run();
    done.passed += 1;
    console.log(`ok      ${name} (${Date.now() - from} ms)${remark ? `\n        ${remark}` : ""}`);
  } catch (error) {
    done.failed += 1;
    console.log(`FAILED  ${name}\n${String(error.stack ?? error).replace(/^/gm, "        ")}`);
  }
}

/** The sum, as `cargo test` writes it; the exit code. */
export function report() {
  const { passed, failed } = done;
  const took = ((Date.now() - started) / 1000).toFixed(2);
  console.log(`${passed} passed, ${failed} failed`);
  console.log(`test result: ${failed ? "FAILED" : "ok"}. ${passed} passed; ${failed} failed; 0 ignored; finished in ${took}s`);
  return failed ? 1 : 0;
}
