// Every address of the app, each page loaded when it is first visited.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet } from '@tanstack/react-router';
import { readDealSearch, type DealSearch } from './shell/deal_search';
import { NotFound } from './shell/NotFound';
import { PageError } from './shell/PageError';
import { Shell } from './shell/Shell';
import { PageSkeleton } from './ui/Skeletons';

export interface SignInSearch {
  from?: string; // where to go afterwards
  expired?: boolean;
}
const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound });
const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (given: Record<string, unknown>): SignInSearch => ({ from: text(given.from), expired: given.expired === true || undefined }),
  component: lazyRouteComponent(() => import('./pages/entry/SignInPage')),
});
const join = createRoute({ getParentRoute: () => root, path: '/join', component: lazyRouteComponent(() => import('./pages/entry/JoinPage')) });

const inside = createRoute({ getParentRoute: () => root, id: 'inside', component: Shell });
const home = createRoute({ getParentRoute: () => inside, path: '/', component: lazyRouteComponent(() => import('./components/dashboards/SalesCommandCenter')) });
const deals = createRoute({
  getParentRoute: () => inside,
  path: '/deals',
  validateSearch: (given: Record<string, unknown>): DealSearch => readDealSearch(given),
  component: lazyRouteComponent(() => import('./pages/deals/DealsPage')),
});
const deal = createRoute({ getParentRoute: () => inside, path: '/deals/$id', component: lazyRouteComponent(() => import('./pages/deal/DealPage')) });
const board = createRoute({ getParentRoute: () => inside, path: '/board', component: lazyRouteComponent(() => import('./pages/board/BoardPage')) });
const leads = createRoute({ getParentRoute: () => inside, path: '/leads', component: lazyRouteComponent(() => import('./pages/leads/LeadsPage')) });
const imports = createRoute({ getParentRoute: () => inside, path: '/imports', component: lazyRouteComponent(() => import('./pages/imports/ImportsPage')) });
const oneImport = createRoute({ getParentRoute: () => inside, path: '/imports/$id', component: lazyRouteComponent(() => import('./pages/imports/ImportPage')) });
const add = createRoute({ getParentRoute: () => inside, path: '/add', component: lazyRouteComponent(() => import('./pages/add/AddPage')) });
const addFrom = createRoute({ getParentRoute: () => inside, path: '/add/$source', component: lazyRouteComponent(() => import('./pages/add/AddPage')) });
const settings = createRoute({
  getParentRoute: () => inside,
  path: '/settings',
  validateSearch: (given: Record<string, unknown>): { tab?: string } => ({ tab: text(given.tab) }),
  component: lazyRouteComponent(() => import('./pages/settings/SettingsPage')),
});
// Inside the frame, so that one who is lost still has the navigation.
const lost = createRoute({ getParentRoute: () => inside, path: '$', component: NotFound });

export const router = createRouter({
  routeTree: root.addChildren([signIn, join, inside.addChildren([home, deals, deal, board, leads, imports, oneImport, add, addFrom, settings, lost])]),
  defaultPendingComponent: PageSkeleton,
  defaultErrorComponent: PageError,
  defaultPreload: 'intent',
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
