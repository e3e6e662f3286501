// The camera as a reader of QR codes. Frames stay on this device and are kept nowhere.

import { button, h } from "./dom.js";
import { engine } from "./engine.js";
import { errorPlace } from "./problems.js";
import { t } from "./words.js";

/** Wide enough for a dense code, small enough to look at several times a second. */
const WIDEST = 960;
const PAUSE_MS = 120;

/** Buttons for camera and picture; calls `found(text)` once for each code. */
export function camera({ prefix, found }) {
  const { place, tell } = errorPlace(`${prefix}-camera-error`);
  const view = h("div", { class: "finder", hidden: true });
  const stop = () => { view.hidden = true; view.replaceChildren(); begin.hidden = false; };
  const begin = button(t("camera"), async () => {
    tell("");
    try {
      begin.hidden = true;
      view.hidden = false;
      await look(view, stop, (text) => { stop(); found(text); });
    } catch (problem) {
      stop();
      tell(t(problem.name === "NotAllowedError" ? "camera_denied" : "camera_none"));
    }
  }, { kind: "primary", testid: `${prefix}-camera` });
  const fromPicture = async (file) => {
    tell("");
    const text = await read(file).catch(() => null);
    if (text) found(text);
    else tell(t("picture_without_code"));
  };
  return h("div", { class: "camera" }, h("div", { class: "actions" }, begin, pictureButton(prefix, fromPicture)), view, place);
}

function pictureButton(prefix, take) {
  const input = h("input", {
    type: "file", accept: "image/*", class: "unseen", testid: `${prefix}-picture`,
    on: { change: () => { if (input.files[0]) take(input.files[0]); input.value = ""; } },
  });
  return h("label", { class: "button secondary file" }, t("from_picture"), input);
}

async function look(view, stop, found) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } }, audio: false });
  const video = h("video", { muted: true, playsinline: true, "aria-label": t("finder") });
  view.replaceChildren(video, h("p", { class: "hint", role: "status" }, t("finder_hint")), button(t("stop"), stop, { testid: "camera-stop" }));
  video.muted = true;
  video.srcObject = stream;
  try {
    await video.play();
    const text = await firstCode(video);
    if (text) found(text);
  } finally {
    stream.getTracks().forEach((track) => track.stop());
  }
}

/** Looks until there is a code or nobody looks any more. */
async function firstCode(video) {
  const canvas = document.createElement("canvas");
  while (video.isConnected && !document.hidden) {
    const text = await engine.scan(frame(canvas, video, video.videoWidth, video.videoHeight));
    if (text) return text;
    await new Promise((resolve) => { setTimeout(resolve, PAUSE_MS); });
  }
  return null;
}

async function read(file) {
  const bitmap = await createImageBitmap(file);
  return engine.scan(frame(document.createElement("canvas"), bitmap, bitmap.width, bitmap.height));
}

function frame(canvas, source, width, height) {
  const scale = Math.min(1, WIDEST / width);
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}
