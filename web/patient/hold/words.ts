/** `5 minutes`, `1 minute`, `20 seconds`: whole minutes from 90 seconds on, rounded; seconds as given. */
export function spokenDuration(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (seconds >= 60) return minutes === 1 ? "1 minute" : `${minutes} minutes`;
  return seconds === 1 ? "1 second" : `${seconds} seconds`;
}
