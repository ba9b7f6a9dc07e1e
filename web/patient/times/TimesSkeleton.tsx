import { Skeleton } from "@mantine/core";
import classes from "./TimesSkeleton.module.css";

const DAYS = ["first", "second", "third"];
const TIMES = ["1", "2", "3", "4", "5", "6", "7", "8"];

/** A placeholder for the days while they load, in their shape and height, so that the page does not jump. */
export function TimesSkeleton() {
  return (
    <>
      {DAYS.map((day) => (
        <div key={day} className={classes["day"]}>
          <Skeleton height={24} width="55%" radius={8} />
          <div className={classes["times"]}>
            {TIMES.map((time) => (
              <Skeleton key={time} height={56} radius={12} />
            ))}
          </div>
        </div>
      ))}
    </>
  );
}
