import { useSyncExternalStore } from "react";
import type { BoardAppointment } from "#contract/answers/board.ts";

/** An appointment that is being moved, and the spot at which it is now. */
export interface Move {
  appointment: BoardAppointment;
  column: number;
  minute: number;
  by: "pointer" | "keys";
}

/** Outside of React's state: during a move only what asks for it renders, and no cell does. */
let current: Move | null = null;
const listeners = new Set<() => void>();

export const moveStore = {
  get: () => current,
  set: (move: Move | null): void => {
    current = move;
    for (const listener of listeners) listener();
  },
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

export const useMove = () => useSyncExternalStore(moveStore.subscribe, moveStore.get);

const isMoving = () => current !== null;
export const useIsMoving = () => useSyncExternalStore(moveStore.subscribe, isMoving);
