import type { BoardAppointment } from "#contract/answers/board.ts";
import { edgeScroll, spotAt } from "./geometry.ts";
import type { Board } from "./fold.ts";
import { moveStore } from "./moveStore.ts";

/** Pixels that a mouse moves before it drags, and how long a finger rests, milliseconds. */
const MOUSE_PX = 5;
const FINGER_MS = 350;
const FINGER_PX = 8;

export interface PointerMove {
  /** The element with the grid and the pinboard, and the overlay that takes the pointer during a move. */
  frame: HTMLElement;
  overlay: HTMLElement;
  grid: () => HTMLElement | null;
  scroller: () => HTMLElement | null;
  board: () => Board | null;
  /** The appointment that an element of the page stands for, if it can be moved. */
  appointmentOf: (element: Element) => BoardAppointment | null;
  onDrop: () => void;
  /** Let go over the pinboard. */
  onPark: (appointment: BoardAppointment) => void;
}

/**
 * Moves appointments with a mouse, a pen or a finger. One set of listeners on the frame: no cell has any. An empty overlay
 * captures the pointer, because each element of the grid would inherit a cursor set there.
 * @returns a function that takes the listeners away
 */
export function listenToPointer({
  frame,
  overlay,
  grid,
  scroller,
  board,
  appointmentOf,
  ...on
}: PointerMove): () => void {
  let start: { x: number; y: number; id: number; appointment: BoardAppointment; timer: number } | null = null;
  let last = { x: 0, y: 0 };
  let scrolling = 0;
  // A move that begins at an edge, or on the pinboard, must not scroll before it has been on the grid.
  let mayScroll = false;
  let justMoved = false;
  const isOn = () => moveStore.get()?.by === "pointer";

  function begin() {
    if (!start) return;
    clearTimeout(start.timer);
    overlay.hidden = false;
    overlay.setPointerCapture(start.id);
    moveStore.set({ appointment: start.appointment, column: -1, minute: 0, by: "pointer" });
    follow();
    mayScroll = false;
    scrolling = requestAnimationFrame(scroll);
  }
  function follow() {
    const [move, at, shown] = [moveStore.get(), grid(), board()];
    if (!move || !at || !shown) return;
    const spot = spotAt(at, shown, last.x, last.y) ?? { column: -1, minute: 0 };
    if (spot.column !== move.column || spot.minute !== move.minute) moveStore.set({ ...move, ...spot });
  }
  function scroll() {
    const box = scroller();
    if (!isOn() || !box) return;
    const [x, y] = edgeScroll(box.getBoundingClientRect(), last.x, last.y);
    if (x === 0 && y === 0) mayScroll = true;
    else if (mayScroll) {
      box.scrollBy(x, y);
      follow();
    }
    scrolling = requestAnimationFrame(scroll);
  }
  function end(drop: boolean) {
    if (start) clearTimeout(start.timer);
    start = null;
    cancelAnimationFrame(scrolling);
    if (!isOn()) return;
    overlay.hidden = true;
    justMoved = true;
    setTimeout(() => (justMoved = false));
    const move = moveStore.get();
    if (drop && move && isOver(frame.querySelector("[data-pinboard]"), last)) {
      moveStore.set(null);
      on.onPark(move.appointment);
    } else if (drop) on.onDrop();
    else moveStore.set(null);
  }

  const listeners = {
    pointerdown(event: PointerEvent) {
      const element = event.target instanceof Element ? event.target.closest("[data-movable]") : null;
      const appointment = event.button === 0 && element ? appointmentOf(element) : null;
      if (!appointment || moveStore.get()) return;
      const timer = event.pointerType === "mouse" ? 0 : window.setTimeout(begin, FINGER_MS);
      start = { x: event.clientX, y: event.clientY, id: event.pointerId, appointment, timer };
      last = { x: event.clientX, y: event.clientY };
    },
    pointermove(event: PointerEvent) {
      if (!start) return;
      last = { x: event.clientX, y: event.clientY };
      if (isOn()) return follow();
      const far = Math.hypot(event.clientX - start.x, event.clientY - start.y);
      if (event.pointerType === "mouse" && far > MOUSE_PX) begin();
      else if (event.pointerType !== "mouse" && far > FINGER_PX) end(false);
    },
    pointerup: () => end(true),
    pointercancel: () => end(false),
    click(event: MouseEvent) {
      // The click that follows a drop would open the panel.
      if (justMoved) event.stopPropagation();
    },
    contextmenu(event: MouseEvent) {
      if (start && start.timer !== 0) event.preventDefault();
    },
    touchmove(event: TouchEvent) {
      if (isOn()) event.preventDefault();
    },
  };
  for (const [name, listener] of Object.entries(listeners)) {
    frame.addEventListener(name, listener as EventListener, { capture: name === "click", passive: false });
  }
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !isOn()) return;
    event.stopPropagation();
    end(false);
  };
  document.addEventListener("keydown", onKey, { capture: true });
  return () => {
    end(false);
    document.removeEventListener("keydown", onKey, { capture: true });
    for (const [name, listener] of Object.entries(listeners)) {
      frame.removeEventListener(name, listener as EventListener, { capture: name === "click" });
    }
  };
}

function isOver(element: Element | null, { x, y }: { x: number; y: number }): boolean {
  const box = element?.getBoundingClientRect();
  return box !== undefined && box.left <= x && x < box.right && box.top <= y && y < box.bottom;
}
