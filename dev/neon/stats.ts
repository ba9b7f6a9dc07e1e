/** Counts since the last reset. */
export interface NeonStats {
  /** HTTP requests to /sql; each is one round trip. */
  httpRequests: number;
  /** Statements in them: 1 for a single query, n for a batch. */
  httpQueries: number;
  wsConnections: number;
  /** WebSocket messages from clients, without the closing one. */
  wsMessages: number;
  /** WebSocket round trips: times that a client sent something and waited for an answer, without the upgrade. */
  wsTurns: number;
}

export function noStats(): NeonStats {
  return { httpRequests: 0, httpQueries: 0, wsConnections: 0, wsMessages: 0, wsTurns: 0 };
}
