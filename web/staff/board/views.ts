import { useCallback, useState } from "react";
import type { BoardSearch } from "./search.ts";

/** A view under a number key: everything of the board's address but the date. */
export interface SavedView {
  name: string;
  search: Omit<BoardSearch, "date">;
}

const STORED = "board-views";
export const MAX_VIEWS = 9;

function stored(): SavedView[] {
  const views: unknown = JSON.parse(localStorage.getItem(STORED) ?? "[]");
  return Array.isArray(views) ? (views as SavedView[]) : [];
}

/** The saved views of this device, in the order of their keys. */
export function useSavedViews() {
  const [views, setViews] = useState(stored);
  const keep = useCallback((next: SavedView[]) => {
    localStorage.setItem(STORED, JSON.stringify(next));
    setViews(next);
  }, []);
  return {
    views,
    save: (view: SavedView) => keep([...views, view].slice(0, MAX_VIEWS)),
    remove: (at: number) => keep(views.filter((_, index) => index !== at)),
  };
}
