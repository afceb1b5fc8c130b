// What several pages do.

/** A text of 128 random bits. Pages that are not of https or localhost have no crypto.randomUUID. */
export function randomKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A function that has `render` called before the next picture: what comes at once, as what is replayed, is one picture. */
export function onceAFrame(render) {
  let isDue = false;
  return () => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      render();
    });
  };
}
