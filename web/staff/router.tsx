import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import { configQuery, doctorsQuery, sessionQuery } from "#kit/api/queries.ts";
import { plainSearch } from "#kit/router/plain-search.ts";
import { LoginCallbackPage } from "#kit/session/LoginCallbackPage.tsx";
import { ErrorPage } from "#kit/ui/ErrorPage.tsx";
import { noteNavigation } from "#kit/ui/PageTitle.tsx";
import { Frame } from "./Frame.tsx";
import { NotFoundScreen } from "./NotFoundScreen.tsx";
import { readBoardSearch } from "./board/search.ts";
import { readHolidaysSearch } from "./calendar/search.ts";
import { readAuditSearch } from "./clinic/audit/queries.ts";
import { readOpeningsSearch, readPatientsSearch, readQueueSearch } from "./desk/search.ts";

const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  component: Frame,
  notFoundComponent: NotFoundScreen,
});

const board = createRoute({
  getParentRoute: () => root,
  path: "/",
  validateSearch: readBoardSearch,
  component: lazyRouteComponent(() => import("./BoardPage.tsx"), "BoardPage"),
});

const patients = createRoute({
  getParentRoute: () => root,
  path: "/patients",
  validateSearch: readPatientsSearch,
  component: lazyRouteComponent(() => import("./desk/PatientsScreen.tsx"), "PatientsScreen"),
});

const patient = createRoute({
  getParentRoute: () => root,
  path: "/patients/$patientId",
  component: lazyRouteComponent(() => import("./desk/PatientScreen.tsx"), "PatientScreen"),
});

const openings = createRoute({
  getParentRoute: () => root,
  path: "/openings",
  validateSearch: readOpeningsSearch,
  component: lazyRouteComponent(() => import("./desk/OpeningsScreen.tsx"), "OpeningsScreen"),
});

const queue = createRoute({
  getParentRoute: () => root,
  path: "/queue",
  validateSearch: readQueueSearch,
  component: lazyRouteComponent(() => import("./desk/queue/QueueScreen.tsx"), "QueueScreen"),
});

const late = createRoute({
  getParentRoute: () => root,
  path: "/late",
  component: lazyRouteComponent(() => import("./desk/LateOpeningsScreen.tsx"), "LateOpeningsScreen"),
});

const today = createRoute({
  getParentRoute: () => root,
  path: "/today",
  component: lazyRouteComponent(() => import("./TodayPage.tsx"), "TodayPage"),
});

const clinic = createRoute({
  getParentRoute: () => root,
  path: "/clinic",
  component: lazyRouteComponent(() => import("./clinic/places/ClinicScreen.tsx"), "ClinicScreen"),
});

const staffAccounts = createRoute({
  getParentRoute: () => root,
  path: "/clinic/staff",
  component: lazyRouteComponent(() => import("./clinic/staff/StaffScreen.tsx"), "StaffScreen"),
});

const apiClients = createRoute({
  getParentRoute: () => root,
  path: "/clinic/api",
  component: lazyRouteComponent(() => import("./clinic/api/ApiScreen.tsx"), "ApiScreen"),
});

const audit = createRoute({
  getParentRoute: () => root,
  path: "/clinic/audit",
  validateSearch: readAuditSearch,
  component: lazyRouteComponent(() => import("./clinic/audit/AuditScreen.tsx"), "AuditScreen"),
});

const health = createRoute({
  getParentRoute: () => root,
  path: "/clinic/health",
  component: lazyRouteComponent(() => import("./clinic/HealthScreen.tsx"), "HealthScreen"),
});

const policy = createRoute({
  getParentRoute: () => root,
  path: "/clinic/policy",
  component: lazyRouteComponent(() => import("./clinic/policy/PolicyScreen.tsx"), "PolicyScreen"),
});

const tasks = createRoute({
  getParentRoute: () => root,
  path: "/tasks",
  component: lazyRouteComponent(() => import("./desk/TasksScreen.tsx"), "TasksScreen"),
});

const calendar = createRoute({
  getParentRoute: () => root,
  path: "/calendar",
  beforeLoad: ({ location }) => {
    if (/\/calendar\/?$/.test(location.pathname)) throw redirect({ to: "/calendar/doctors" });
  },
});

const doctors = createRoute({
  getParentRoute: () => calendar,
  path: "/doctors",
  component: lazyRouteComponent(() => import("./calendar/DoctorsScreen.tsx"), "DoctorsScreen"),
});

const doctor = createRoute({
  getParentRoute: () => calendar,
  path: "/doctors/$doctorId",
  component: lazyRouteComponent(() => import("./calendar/DoctorScreen.tsx"), "DoctorScreen"),
});

const holidays = createRoute({
  getParentRoute: () => calendar,
  path: "/holidays",
  validateSearch: readHolidaysSearch,
  component: lazyRouteComponent(() => import("./calendar/HolidaysScreen.tsx"), "HolidaysScreen"),
});

const changes = createRoute({
  getParentRoute: () => calendar,
  path: "/changes",
  component: lazyRouteComponent(() => import("./calendar/OperationsScreen.tsx"), "OperationsScreen"),
});

const change = createRoute({
  getParentRoute: () => calendar,
  path: "/changes/$operationId",
  component: lazyRouteComponent(() => import("./calendar/OperationScreen.tsx"), "OperationScreen"),
});

const loginCallback = createRoute({
  getParentRoute: () => root,
  path: "/login/callback",
  component: LoginCallbackPage,
});

const routeTree = root.addChildren([
  board,
  patients,
  patient,
  openings,
  queue,
  late,
  today,
  tasks,
  clinic,
  policy,
  staffAccounts,
  apiClients,
  audit,
  health,
  calendar.addChildren([doctors, doctor, holidays, changes, change]),
  loginCallback,
]);

/** The staff app's screens, below /staff. Each is fetched when it is first opened. */
export function createStaffRouter(queryClient: QueryClient) {
  void queryClient.prefetchQuery(configQuery);
  void queryClient.prefetchQuery(doctorsQuery);
  void queryClient.prefetchQuery(sessionQuery);
  const router = createRouter({
    routeTree,
    basepath: "/staff",
    context: { queryClient },
    scrollRestoration: true,
    defaultErrorComponent: ErrorPage,
    defaultPreload: "intent",
    ...plainSearch,
  });
  router.subscribe("onBeforeNavigate", ({ fromLocation, pathChanged }) => {
    if (fromLocation && pathChanged) noteNavigation();
  });
  return router;
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createStaffRouter>;
  }
}
