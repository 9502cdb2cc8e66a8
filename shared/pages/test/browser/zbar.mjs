/** Reads codes from pictures by zbar, which knows nothing of these pages. Its Debian package is zbar-tools. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** zbarimg's own way to say that there is no code. */
const NONE = 4;

/** The texts of all QR codes that a page shows. A code that fades in is seen whole. */
export async function seen(page) {
  await page.emulateMedia({ reducedMotion: "reduce" });
  return read(await page.screenshot());
}

/** The texts of all QR codes in a PNG. */
function read(png) {
  const folder = mkdtempSync(join(tmpdir(), "scanlatch-picture-"));
  const path = join(folder, "picture.png");
  try {
    writeFileSync(path, png);
    const options = ["--quiet", "--raw", "--set", "disable", "--set", "qrcode.enable"];
    const { status, stdout, stderr, error } = spawnSync("zbarimg", [...options, path], { encoding: "utf8" });
    if (error) throw new Error("zbarimg could not be started; install zbar-tools", { cause: error });
    if (status !== 0 && status !== NONE) throw new Error(`zbarimg failed: ${stderr}`);
    return stdout.split("\n").filter(Boolean);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
