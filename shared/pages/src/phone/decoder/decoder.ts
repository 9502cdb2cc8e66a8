/** Reads QR codes: by the browser where it can, else by a decoder in WebAssembly that is fetched then. */

import { BarcodeDetector as Ponyfill, prepareZXingModule } from "barcode-detector/ponyfill";

interface Detector {
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>;
}

interface Native {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats(): Promise<string[]>;
}

let detector: Promise<Detector> | undefined;

/** The text of a code that is in the picture, if there is one. */
export async function decode(video: HTMLVideoElement): Promise<string | undefined> {
  detector ??= made();
  const [code] = await (await detector).detect(video);
  return code?.rawValue;
}

async function made(): Promise<Detector> {
  const { BarcodeDetector: native } = globalThis as { BarcodeDetector?: Native };
  const formats = await native?.getSupportedFormats().catch(() => []);
  if (native && (formats as string[] | undefined)?.includes("qr_code")) return new native({ formats: ["qr_code"] });
  prepareZXingModule({ overrides: { locateFile: (name: string) => new URL(name, import.meta.url).href } });
  return new Ponyfill({ formats: ["qr_code"] });
}
