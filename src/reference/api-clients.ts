import { ApiClient, ApiClientWithKey, ApiClients } from "#contract/answers/api-clients.ts";
import { type Descriptions, json } from "#reference/describe.ts";

const description = "Administrators only.";

export const apiClients = {
  listApiClients: {
    group: "Apps",
    summary: "The apps that call the API, by name",
    description,
    answers: { 200: json(ApiClients, "The apps") },
  },
  getApiClient: {
    group: "Apps",
    summary: "One app",
    description,
    answers: { 200: json(ApiClient, "The app", "ETag") },
    refusals: ["not-found"],
  },
  createApiClient: {
    group: "Apps",
    summary: "Add an app and get its key",
    description,
    answers: { 201: json(ApiClientWithKey, "The new app with its key", "Location", "ETag") },
    refusals: ["step-up-required", "duplicate"],
    keyed: true,
  },
  changeApiClient: {
    group: "Apps",
    summary: "Change an app's tier or origins, or switch it off; holds everywhere within a minute",
    description,
    answers: { 200: json(ApiClient, "The app from now on", "ETag") },
    refusals: ["step-up-required", "not-found", "duplicate"],
    keyed: true,
    versioned: true,
  },
  rotateApiKey: {
    group: "Apps",
    summary: "Give an app a new key; the one before stays valid for a while",
    description,
    answers: { 200: json(ApiClientWithKey, "The app with its new key", "ETag") },
    refusals: ["step-up-required", "not-found"],
    keyed: true,
    versioned: true,
  },
} satisfies Descriptions;
