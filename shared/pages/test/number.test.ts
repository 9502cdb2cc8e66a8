import { expect, it } from "vitest";

import { deadline, leftInWords } from "../src/phone/deadline.js";
import { digitsIn } from "../src/phone/number.js";

it.each([
  ["47", "47"],
  ["4 7", "47"],
  ["475", "47"],
  ["4x", "4"],
  ["", ""],
  ["４７", "47"],
  ["٤٧", "47"],
  ["۴۷", "47"],
])("the digits in %j are %j", (typed, digits) => expect(digitsIn(typed)).toBe(digits));

it.each([
  [600_000, "You have about 10 minutes to answer."],
  [120_000, "You have about 2 minutes to answer."],
  [90_000, "You have about 2 minutes to answer."],
  [89_999, "You have 90 seconds to answer."],
  [1_000, "You have 1 second to answer."],
  [0, "You have 0 seconds to answer."],
])("%d ms are told as people say it", (leftMs, text) => expect(leftInWords(leftMs)).toBe(text));

it.each([undefined, -60_000, 9_000, 7_200_000, Number.NaN])(
  "nothing is counted down where the time makes no sense, for the phone's clock is wrong then: %s",
  (withinMs) => expect(deadline(withinMs, () => undefined)).toBeUndefined(),
);
