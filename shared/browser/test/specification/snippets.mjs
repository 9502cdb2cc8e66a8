/** Takes the snippets out of a text that does not mark them. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** How a line begins that only code has. */
const BEGINS = /^(const |await |\/\/ )/;
/** How a line begins that may go on with it while no bracket is open. */
const GOES_ON = /^(const |await |\/\/ |if \(|\}|\)|\s|$)/;

/** The text from which the snippets are taken. */
export const excerpt = readFileSync(new URL("excerpt.txt", import.meta.url), "utf8");

/** The snippets in a text, each with the heading that it stands under. */
export function snippetsIn(text) {
  const found = [];
  let [heading, lines, depth] = ["", undefined, 0];
  const end = () => {
    if (lines) found.push({ heading, code: `${lines.join("\n").trim()}\n` });
    lines = undefined;
  };
  for (const line of text.split("\n")) {
    if (depth === 0 && !(lines ? GOES_ON : BEGINS).test(line)) {
      end();
      if (/^\d+\. /.test(line)) heading = line;
      continue;
    }
    lines = [...(lines ?? []), line];
    depth += balance(line);
  }
  end();
  return found;
}

/** The code of the one snippet that makes this call. */
export function snippet(call, text = excerpt) {
  const found = snippetsIn(text).filter(({ code }) => code.includes(`${call}(`));
  if (found.length !== 1) throw new Error(`${found.length} snippets call ${call}`);
  return found[0].code;
}

/** A snippet for phones, which is in Swift, with its call's argument labels as the members of an object. */
export function withLabels(code) {
  return code.replace(/\(([^()]*)\)/, "({$1})");
}

/** The text of the specification itself, if `SCANLATCH_SPECIFICATION` names its folder. */
export function original(folder = process.env.SCANLATCH_SPECIFICATION) {
  if (!folder) return undefined;
  const names = readdirSync(folder).filter((name) => name.endsWith(".txt"));
  return names.map((name) => readFileSync(join(folder, name), "utf8")).join("\n");
}

/** How many more brackets a line opens than it closes, outside strings and comments. */
function balance(line) {
  const code = line.replaceAll(/"[^"]*"|\/\/.*/g, "");
  return code.replaceAll(/[^([{]/g, "").length - code.replaceAll(/[^)\]}]/g, "").length;
}
