/** Looks for a QR code: in the browser where it can, else the stack reads the picture. */

const EVERY_MS = 300;
const WIDTH = 480;

/** The first text that the camera sees; `stop` ends the search and gives undefined. */
export async function scan(video, stop) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  video.srcObject = stream;
  video.hidden = false;
  await video.play();
  try {
    while (!stop.aborted) {
      const text = await read(video);
      if (text) return text;
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
    return undefined;
  } finally {
    stream.getTracks().forEach((track) => track.stop());
    video.hidden = true;
  }
}

async function read(video) {
  if (!video.videoWidth) return undefined;
  if ("BarcodeDetector" in window && (await BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
    const [code] = await new BarcodeDetector({ formats: ["qr_code"] }).detect(video);
    return code?.rawValue;
  }
  const width = Math.min(WIDTH, video.videoWidth);
  const height = Math.round((video.videoHeight * width) / video.videoWidth);
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  const grey = new Uint8Array(width * height);
  for (let n = 0; n < grey.length; n += 1) {
    grey[n] = (data[4 * n] * 3 + data[4 * n + 1] * 6 + data[4 * n + 2]) / 10;
  }
  const response = await fetch(`/demo/scan?width=${width}&height=${height}`, { method: "POST", body: grey });
  return (await response.json()).text ?? undefined;
}
