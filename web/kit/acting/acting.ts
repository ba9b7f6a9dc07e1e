import { useSyncExternalStore } from "react";

/**
 * The patient that staff act for in this tab. Only the id is kept, until they stop or log out. Every screen that books asks
 * here. Another tab has its own.
 */
const STORED = "acting-for";
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const actingFor = () => sessionStorage.getItem(STORED);

/** Begins to act for a patient; null stops. */
export function actFor(patientId: string | null): void {
  if (patientId === null) sessionStorage.removeItem(STORED);
  else sessionStorage.setItem(STORED, patientId);
  for (const listener of listeners) listener();
}

/** The id of the patient that staff act for, or null. */
export const useActingFor = () => useSyncExternalStore(subscribe, actingFor);
