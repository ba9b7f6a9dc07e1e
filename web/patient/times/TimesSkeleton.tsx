import { Skeleton } from "@mantine/core";

/** The place of the days while they load; as high as a typical day, so that nothing jumps. */
export function TimesSkeleton() {
  return (
    <>
      <Skeleton height={190} radius={16} />
      <Skeleton height={190} radius={16} />
      <Skeleton height={190} radius={16} />
    </>
  );
}
