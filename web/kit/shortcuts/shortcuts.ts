import { useEffect, useSyncExternalStore } from "react";

export interface Shortcut {
  /** As the user reads it: `M`, `Ctrl+Home`. */
  keys: string;
  what: string;
}

export interface ShortcutGroup {
  title: string;
  shortcuts: readonly Shortcut[];
}

let groups: readonly ShortcutGroup[] = [];
const listeners = new Set<() => void>();

function replace(next: readonly ShortcutGroup[]): void {
  groups = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Lists a screen's shortcuts in the dialog that `?` opens, while the screen is shown. @param group must be stable */
export function useShortcuts(group: ShortcutGroup): void {
  useEffect(() => {
    replace([...groups, group]);
    return () => replace(groups.filter((one) => one !== group));
  }, [group]);
}

/** The shortcuts of all screens that are shown. */
export const useShortcutGroups = () => useSyncExternalStore(subscribe, () => groups);

const STORED = "single-keys";

/** Whether keys without Ctrl or Alt do anything: users who dictate can switch them off (WCAG 2.1.4). */
export const singleKeysOn = () => localStorage.getItem(STORED) !== "off";
export const switchSingleKeys = (on: boolean) => localStorage.setItem(STORED, on ? "on" : "off");

/** Whether the user is typing there, so that a letter is a letter. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable]") !== null;
}
