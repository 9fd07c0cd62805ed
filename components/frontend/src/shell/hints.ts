/**
 * A hint belongs to what the pointer was moved to. After a press on a button another one may come to
 * lie under the pointer: its hint would cover what the press was for, until the pointer moves. The
 * shell's sheet hides hints while the root element says that the pointer rests.
 */

const STILL = 2; // pixels: a press may be told in whole ones, and a move in parts of them

export function hideHintsAtRest(): void {
  const { dataset } = document.documentElement;
  let at: PointerEvent | null = null;
  const leave = () => {
    at = null;
    delete dataset.csRests;
  };
  const onPress = (event: PointerEvent) => {
    const button = event.target instanceof Element && event.target.closest("button");
    if (!button || event.pointerType === "touch") return;
    at = event;
    dataset.csRests = "";
  };
  const onMove = ({ clientX, clientY }: PointerEvent) => {
    if (at && Math.hypot(clientX - at.clientX, clientY - at.clientY) > STILL) leave();
  };
  document.addEventListener("pointerdown", onPress, true);
  document.addEventListener("pointermove", onMove, true);
  document.addEventListener("keydown", leave, true);
}
