// What the camera of a browser sees: a film that Chromium plays instead of one (`--use-file-for-fake-video-capture`).
// Chromium opens the file when a page asks for the camera, so that what lies before the lens may change in between.

import { writeFileSync } from "node:fs";

const SIZE = { width: 640, height: 480 };
const FRAMES = 10;
/** Luminance of what is around the paper, and of the paper. */
const TABLE = 96;
const PAPER = 225;
const INK = 40;
const GREY = 128;

/** What Chromium is started with, so that the film is its camera and nobody is asked. */
export const cameraArguments = (film) => [
  "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", `--use-file-for-fake-video-capture=${film}`,
];

/** Nothing before the lens. */
export function seeNothing(film) {
  writeFilm(film, () => TABLE);
}

/** A picture of a code held before the lens, a little aslant and not in the middle, by a hand that is not still.
 * `picture` has `width`, `height` and one byte of luminance for each pixel. */
export function see(film, picture) {
  const scale = (SIZE.height * 0.8) / Math.max(picture.width, picture.height);
  writeFilm(film, (x, y, frame) => {
    const angle = 0.05 + 0.004 * frame;
    const [dx, dy] = [x - SIZE.width / 2 - 12, y - SIZE.height / 2 + frame];
    const along = (Math.cos(angle) * dx + Math.sin(angle) * dy) / scale + picture.width / 2;
    const across = (Math.cos(angle) * dy - Math.sin(angle) * dx) / scale + picture.height / 2;
    return sample(picture, along, across);
  });
}

/** The light that falls on one cell of the sensor. */
function sample(picture, x, y) {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  if (left < 0 || top < 0 || left >= picture.width || top >= picture.height) return TABLE;
  return INK + ((PAPER - INK) * picture.luminance[top * picture.width + left]) / 255;
}

/** YUV4MPEG2, 4:2:0: luminance, and colour at a quarter of the points, which is grey here. */
function writeFilm(film, light) {
  const { width, height } = SIZE;
  const parts = [Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420\n`)];
  for (let frame = 0; frame < FRAMES; frame += 1) {
    const points = Buffer.alloc(width * height * 1.5, GREY);
    for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) points[y * width + x] = light(x, y, frame);
    parts.push(Buffer.from("FRAME\n"), points);
  }
  writeFileSync(film, Buffer.concat(parts));
}

/** The code that a program shows in a terminal, two modules to a letter, as a picture. Light on dark there, so that ink
 * is where nothing is written. */
export function fromTerminal(text, module = 8) {
  const lines = text.split("\n").filter((line) => /^[█▀▄ ]{20,}$/.test(line));
  // The last letter may be half empty.
  const width = lines[0].length;
  const height = width;
  const light = (column, row) => (row % 2 === 0 ? "█▀" : "█▄").includes(lines[Math.floor(row / 2)][column]);
  const luminance = Buffer.alloc(width * height * module * module);
  for (let y = 0; y < height * module; y += 1) {
    for (let x = 0; x < width * module; x += 1) {
      luminance[y * width * module + x] = light(Math.floor(x / module), Math.floor(y / module)) ? 255 : 0;
    }
  }
  return { width: width * module, height: height * module, luminance };
}

/** What a page shows at an element, as a picture. Another page decodes the file, and knows nothing else. */
export async function ofElement(locator, darkroom) {
  const png = (await locator.screenshot()).toString("base64");
  const { width, height, rgba } = await darkroom.evaluate(develop, png);
  const points = Buffer.from(rgba, "base64");
  const luminance = Buffer.alloc(width * height);
  for (let at = 0; at < luminance.length; at += 1) {
    luminance[at] = 0.299 * points[4 * at] + 0.587 * points[4 * at + 1] + 0.114 * points[4 * at + 2];
  }
  return { width, height, luminance };
}

/** Runs in a page. */
async function develop(png) {
  // Without asking any address, since the page's policy allows none.
  const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(png), (character) => character.charCodeAt(0))]));
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext("2d");
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
  const blocks = [];
  for (let from = 0; from < data.length; from += 8192) blocks.push(String.fromCharCode(...data.subarray(from, from + 8192)));
  return { width: bitmap.width, height: bitmap.height, rgba: btoa(blocks.join("")) };
}
