import { Skeleton } from "@mantine/core";

/** A placeholder for the days while they load, as high as typical days, so that the page does not jump. */
export function TimesSkeleton() {
  return (
    <>
      <Skeleton height={190} radius={16} />
      <Skeleton height={190} radius={16} />
      <Skeleton height={190} radius={16} />
    </>
  );
}
