import { createRoute } from "@hono/zod-openapi";
import { Doctors, DoctorsQuery } from "#contract/clinic.ts";
import { listDoctors } from "#db/queries/clinic.ts";
import { json, problems, router } from "./middleware/router.ts";

const getDoctors = createRoute({
  method: "get",
  path: "/doctors",
  operationId: "listDoctors",
  tags: ["Clinic"],
  summary: "Doctors and specialties",
  request: { query: DoctorsQuery },
  responses: { 200: json(Doctors, "Active doctors by name"), ...problems() },
});

export const doctors = router().openapi(getDoctors, async (c) => {
  const { items, specialties } = await listDoctors(c.get("services").db, c.req.valid("query").specialty);
  c.header("Cache-Control", "public, max-age=60");
  return c.json({ items, nextCursor: null, specialties }, 200);
});
