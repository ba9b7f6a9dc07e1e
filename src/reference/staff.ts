import { StaffAccount, StaffAccounts } from "#contract/answers/staff.ts";
import { type Descriptions, json } from "#reference/describe.ts";

export const staff = {
  listStaff: {
    group: "Staff",
    summary: "Staff accounts by name",
    answers: { 200: json(StaffAccounts, "The accounts") },
  },
  getStaff: {
    group: "Staff",
    summary: "One staff account",
    answers: { 200: json(StaffAccount, "The account", "ETag") },
    refusals: ["not-found"],
  },
  createStaff: {
    group: "Staff",
    summary: "Let a person log in as staff; administrators only",
    answers: { 201: json(StaffAccount, "The new account", "Location", "ETag") },
    refusals: ["step-up-required", "duplicate"],
    keyed: true,
  },
  changeStaff: {
    group: "Staff",
    summary: "Change a staff account, make an administrator of it, or switch it off; administrators only",
    description: "What was changed holds from the person's next request on. The clinic keeps one administrator.",
    answers: { 200: json(StaffAccount, "The account from now on", "ETag") },
    refusals: ["step-up-required", "not-found", "wrong-state"],
    keyed: true,
    versioned: true,
  },
} satisfies Descriptions;
