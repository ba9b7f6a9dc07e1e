import { Clinic, ClinicLocation, ClinicLocations } from "#contract/answers/places.ts";
import { type Descriptions, json } from "#reference/describe.ts";

export const places = {
  getClinic: {
    group: "Clinic",
    summary: "The clinic's name, telephone number and zone",
    answers: { 200: json(Clinic, "The clinic", "ETag") },
  },
  changeClinic: {
    group: "Clinic",
    summary: "Change the clinic's name, telephone number or zone; administrators only",
    answers: { 200: json(Clinic, "The clinic from now on", "ETag") },
    refusals: ["step-up-required"],
    keyed: true,
    versioned: true,
  },
  listLocations: {
    group: "Clinic",
    summary: "The locations in their order",
    answers: { 200: json(ClinicLocations, "The locations") },
  },
  getLocation: {
    group: "Clinic",
    summary: "One location",
    answers: { 200: json(ClinicLocation, "The location", "ETag") },
    refusals: ["not-found"],
  },
  createLocation: {
    group: "Clinic",
    summary: "Add a location; administrators only",
    description: "Holidays must be prepared for its country and region (`POST /holidays/import` takes the same ones).",
    answers: { 201: json(ClinicLocation, "The new location", "Location", "ETag") },
    refusals: ["step-up-required", "duplicate"],
    keyed: true,
  },
  changeLocation: {
    group: "Clinic",
    summary: "Change a location; administrators only",
    description:
      "Its zone can be changed only while it has no slots to come: 409 `wrong-state`, with `current` `has-slots`. " +
      "A region is named with its country; a country without a region has none.",
    answers: { 200: json(ClinicLocation, "The location from now on", "ETag") },
    refusals: ["step-up-required", "not-found", "duplicate", "wrong-state"],
    keyed: true,
    versioned: true,
  },
} satisfies Descriptions;
