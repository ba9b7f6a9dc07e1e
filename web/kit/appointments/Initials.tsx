import classes from "./Initials.module.css";

/** The initials of a doctor's first and last name, as a quiet sign beside the whole name. */
export function Initials({ name }: { name: string }) {
  // Drawn, so that they are no text of the page: the whole name follows.
  return <span className={classes["initials"]} data-initials={initialsOf(name)} aria-hidden="true" />;
}

/** `Dr Bláthnaid Ní Dhomhnaill` gives `BD`: titles do not count. */
function initialsOf(name: string): string {
  const words = name.split(/\s+/).filter((word) => !/^(dr|prof|mr|mrs|ms|herr|frau)\.?$/i.test(word));
  const [first = "", last = ""] = [words[0], words.length > 1 ? words.at(-1) : ""].map((word) => word?.slice(0, 1));
  return (first + last).toUpperCase();
}
