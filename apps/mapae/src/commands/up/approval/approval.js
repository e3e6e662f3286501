// The switch of languages; all else works without a script.

import { speak } from "./look.js";

speak();
