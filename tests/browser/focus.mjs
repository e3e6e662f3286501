// Going through a page by keyboard alone, with the focus in sight at each stop.

import assert from "node:assert/strict";

const STOPS = 60;

/** Presses the tabulator key until the element, by its test id or its id, has the focus, and sees to it that this can be seen. */
export async function tabTo(visit, testid) {
  for (let stop = 0; stop < STOPS; stop += 1) {
    await visit.page.keyboard.press("Tab");
    const focus = await visit.page.evaluate(focused);
    if ([focus.testid, focus.id, focus.summaryOf].includes(testid)) {
      assert.ok(focus.visible, `the focus on ${testid} cannot be seen`);
      return;
    }
  }
  throw new Error(`${testid} is not reached by ${STOPS} stops`);
}

/** Runs in the page; what was marked is come to. */
function focused() {
  const element = document.activeElement;
  const style = getComputedStyle(element);
  if (element.dataset.stop !== undefined) element.dataset.stopped = "yes";
  const outlined = style.outlineStyle !== "none" && Number.parseFloat(style.outlineWidth) >= 2;
  return {
    testid: element.dataset.testid, id: element.id, summaryOf: element.tagName === "SUMMARY" ? element.parentElement.dataset.testid : undefined,
    name: element === document.body ? undefined : element.outerHTML.slice(0, 80),
    visible: outlined || style.boxShadow !== "none",
  };
}

/** Goes there by keyboard and presses a key. */
export async function press(visit, testid, key = "Enter") {
  await tabTo(visit, testid);
  await visit.page.keyboard.press(key);
}

/** Presses the tabulator key once around the page: what it does not come to, and where the focus cannot be seen. */
export async function everyStop(page) {
  const all = await page.evaluate(stops);
  const faults = [];
  await page.evaluate(() => { document.activeElement?.blur(); getSelection().removeAllRanges(); scrollTo(0, 0); });
  for (let stop = 0; stop <= all; stop += 1) {
    await page.keyboard.press("Tab");
    const { name, visible } = await page.evaluate(focused);
    if (name !== undefined && !visible) faults.push(`the focus on ${name} cannot be seen`);
  }
  return [...faults, ...await page.evaluate(missed)];
}

/** Runs in the page: marks what can be worked, and counts it. */
function stops() {
  const kinds = "a[href], button, select, input, textarea, summary, [tabindex='0']";
  const all = [...document.querySelectorAll(kinds)].filter((element) => !element.disabled && element.checkVisibility());
  all.forEach((element) => { element.dataset.stop = "yes"; });
  return all.length;
}

/** Runs in the page: names what was marked and not come to, and takes the marks away. */
function missed() {
  const all = [...document.querySelectorAll("[data-stop]")];
  const faults = all.filter((element) => element.dataset.stopped === undefined).map((element) => `no key comes to ${element.outerHTML.slice(0, 80)}`);
  for (const element of all) {
    delete element.dataset.stop;
    delete element.dataset.stopped;
  }
  document.activeElement?.blur();
  return faults;
}
