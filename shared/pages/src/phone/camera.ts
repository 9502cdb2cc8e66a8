import { button, h } from "../common/dom.js";
import { words } from "./words.js";

interface Scanner {
  found(text: string): void;
  stop(): void;
  fail(code: string): void;
}

const EVERY_MS = 200;

/** Looks through the camera until it sees a code. The decoder is loaded only now. */
export function scannerView({ found, stop, fail }: Scanner): Node[] {
  const { scanner } = words;
  const video = h("video", { playsinline: true, muted: true, "aria-hidden": "true" });
  video.muted = true;
  const status = h("p", { class: "soft", role: "status" }, scanner.starting);
  let isOver = false;
  let stream: MediaStream | undefined;
  const end = () => {
    isOver = true;
    for (const track of stream?.getTracks() ?? []) track.stop();
  };
  // The browser's Back key and a hidden page must not leave the camera on.
  addEventListener("pagehide", end, { once: true });

  const look = async () => {
    stream = await open();
    if (isOver) return end();
    video.srcObject = stream;
    await video.play();
    const { decode } = await load();
    status.textContent = scanner.text;
    while (!isOver) {
      const text = video.videoWidth > 0 ? await decode(video) : undefined;
      if (isOver) return;
      if (text) {
        end();
        return found(text);
      }
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  };
  look().catch((error: unknown) => {
    const wasOver = isOver;
    end();
    if (!wasOver) fail(error instanceof Error ? error.name : "scanner");
  });

  const leave = () => {
    end();
    stop();
  };
  return [
    h(
      "section",
      { class: "panel" },
      h("h1", {}, scanner.title),
      h("div", { class: "finder" }, video, h("span", { class: "frame", "aria-hidden": "true" })),
      status,
      button(scanner.stop, leave, "plain"),
    ),
  ];
}

async function open(): Promise<MediaStream> {
  if (!navigator.mediaDevices?.getUserMedia) throw new DOMException("There is no camera.", "NotFoundError");
  return navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } } });
}

async function load(): Promise<typeof import("./decoder/decoder.js")> {
  try {
    // The build leaves this as it is: the file lies beside the page's own script.
    const path = "./decoder.js";
    return (await import(path)) as typeof import("./decoder/decoder.js");
  } catch (error) {
    throw Object.assign(new Error("The scanner did not load.", { cause: error }), { name: "scanner" });
  }
}
