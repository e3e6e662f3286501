// Going through a page by keyboard alone, with the focus in sight at each stop.

import assert from "node:assert/strict";

const STOPS = 60;

/** Presses the tabulator key until the element has the focus, and sees to it that this can be seen. */
export async function tabTo(visit, testid) {
  for (let stop = 0; stop < STOPS; stop += 1) {
    await visit.page.keyboard.press("Tab");
    const focus = await visit.page.evaluate(focused);
    if (focus.testid === testid || focus.summaryOf === testid) {
      assert.ok(focus.visible, `the focus on ${testid} cannot be seen`);
      return;
    }
  }
  throw new Error(`${testid} is not reached by ${STOPS} stops`);
}

/** Runs in the page. */
function focused() {
  const element = document.activeElement;
  const style = getComputedStyle(element);
  const outlined = style.outlineStyle !== "none" && Number.parseFloat(style.outlineWidth) >= 2;
  return {
    testid: element.dataset.testid, summaryOf: element.tagName === "SUMMARY" ? element.parentElement.dataset.testid : undefined,
    visible: outlined || style.boxShadow !== "none",
  };
}

/** Goes there by keyboard and presses a key. */
export async function press(visit, testid, key = "Enter") {
  await tabTo(visit, testid);
  await visit.page.keyboard.press(key);
}
