/** Calls back once nobody has touched the page for so long, in milliseconds. Gives what ends the wait. */
export function afterIdle(ms: number, back: () => void, onTouch: () => void = () => undefined): () => void {
  let timer = setTimeout(done, ms);
  const touched = () => {
    clearTimeout(timer);
    timer = setTimeout(done, ms);
    onTouch();
  };
  const names = ["pointerdown", "pointermove", "keydown", "wheel"];
  for (const name of names) addEventListener(name, touched, { passive: true });
  function stop() {
    clearTimeout(timer);
    for (const name of names) removeEventListener(name, touched);
  }
  function done() {
    stop();
    back();
  }
  return stop;
}
