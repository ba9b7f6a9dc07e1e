import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { configQuery, doctorsQuery, sessionQuery } from "#kit/api/queries.ts";
import { plainSearch } from "#kit/router/plain-search.ts";
import { ErrorPage } from "#kit/ui/ErrorPage.tsx";
import { noteNavigation } from "#kit/ui/PageTitle.tsx";
import { AppointmentPage } from "./appointments/AppointmentPage.tsx";
import { AppointmentsPage } from "./appointments/AppointmentsPage.tsx";
import { CancelPage } from "./appointments/CancelPage.tsx";
import { readDateSearch } from "./doctor/search.ts";
import { readHoldSearch } from "./hold/address.ts";
import { HoldPage } from "./hold/HoldPage.tsx";
import { TakeHoldPage } from "./hold/TakeHoldPage.tsx";
import { releaseHold } from "./hold/release.ts";
import { Layout } from "./Layout.tsx";
import { LoginCallbackPage } from "#kit/session/LoginCallbackPage.tsx";
import { NotFoundPage } from "./NotFoundPage.tsx";
import { PreferencesPage } from "./preferences/PreferencesPage.tsx";
import { CalendarPage } from "./times/CalendarPage.tsx";
import { ChooseTimePage } from "./times/ChooseTimePage.tsx";
import { readTimesSearch } from "#kit/appointments/times-search.ts";

const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  component: Layout,
  notFoundComponent: NotFoundPage,
});

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  validateSearch: readTimesSearch,
  component: ChooseTimePage,
});

const calendar = createRoute({
  getParentRoute: () => root,
  path: "/book/calendar",
  validateSearch: readTimesSearch,
  component: CalendarPage,
});

const takeHold = createRoute({
  getParentRoute: () => root,
  path: "/hold/new",
  validateSearch: readHoldSearch,
  component: TakeHoldPage,
});

const hold = createRoute({
  getParentRoute: () => root,
  path: "/hold/$holdId",
  validateSearch: readHoldSearch,
  component: HoldPage,
  onLeave: ({ params }) => releaseHold(params.holdId),
});

const appointments = createRoute({ getParentRoute: () => root, path: "/appointments", component: AppointmentsPage });

const appointment = createRoute({
  getParentRoute: () => root,
  path: "/appointments/$appointmentId",
  component: AppointmentPage,
});

const cancelAppointment = createRoute({
  getParentRoute: () => root,
  path: "/appointments/$appointmentId/cancel",
  component: CancelPage,
});

const preferences = createRoute({ getParentRoute: () => root, path: "/preferences", component: PreferencesPage });

const loginCallback = createRoute({
  getParentRoute: () => root,
  path: "/login/callback",
  component: LoginCallbackPage,
});

/** The doctors' pages: fetched when the first of them is opened, so patients do not carry them. */
const doctor = createRoute({
  getParentRoute: () => root,
  path: "/doctor",
  component: lazyRouteComponent(() => import("./doctor/DoctorFrame.tsx"), "DoctorFrame"),
});

const doctorDay = createRoute({
  getParentRoute: () => doctor,
  path: "/day",
  validateSearch: readDateSearch,
  component: lazyRouteComponent(() => import("./doctor/DayPage.tsx"), "DayPage"),
});

const doctorWeek = createRoute({
  getParentRoute: () => doctor,
  path: "/week",
  validateSearch: readDateSearch,
  component: lazyRouteComponent(() => import("./doctor/WeekPage.tsx"), "WeekPage"),
});

const routeTree = root.addChildren([
  home,
  calendar,
  takeHold,
  hold,
  appointments,
  appointment,
  cancelAppointment,
  preferences,
  loginCallback,
  doctor.addChildren([doctorDay, doctorWeek]),
]);

/** The patient app's pages. The data that every page needs is fetched while React starts. */
export function createPatientRouter(queryClient: QueryClient) {
  void queryClient.prefetchQuery(configQuery);
  void queryClient.prefetchQuery(doctorsQuery);
  void queryClient.prefetchQuery(sessionQuery);
  const router = createRouter({
    routeTree,
    context: { queryClient },
    scrollRestoration: true,
    defaultErrorComponent: ErrorPage,
    ...plainSearch,
  });
  router.subscribe("onBeforeNavigate", ({ fromLocation, pathChanged }) => {
    if (fromLocation && pathChanged) noteNavigation();
  });
  return router;
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createPatientRouter>;
  }
  interface HistoryState {
    /** The date whose times take the focus. */
    toDay?: string;
    /** The change that was just made to the shown appointment. */
    done?: "booked" | "changed" | "cancelled";
  }
}
