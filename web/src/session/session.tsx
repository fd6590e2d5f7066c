// Who is signed in. Everything inside SessionGate may call useSession(); without a session the gate leads to the sign-in page
// and back to where one was.
import { keys } from '@/api/keys';
import { ApiError, onFailure } from '@/api/client';
import { ask, type Person, type Role, type SignedIn } from '@/api/agreed';
import { ErrorAlert } from '@/ui/ErrorAlert';
import { Center, Loader } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { createContext, useContext, useEffect, useMemo, type ReactNode } from 'react';
import { may, type Right } from './rights';

export interface Session {
  person: Person | null;
  tenant_id: string;
  workspace_id: string;
  workspaces: string[];
  role: Role;
  can: (right: Right) => boolean;
}

const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error('useSession() needs a SessionGate around it.');
  return session;
}

export const readMe = () => ask<SignedIn>('GET', '/api/auth/me').catch(asDeveloper);

// Against a server that has no sign-in yet, the development server's own key is who one is. Not in what is built.
function asDeveloper(error: unknown): SignedIn {
  if (!import.meta.env.DEV || !(error instanceof ApiError) || error.status !== 404) throw error;
  return { person: null, tenant_id: 'dev', workspaces: ['main'], workspace_id: 'main', role: 'admin' };
}

function toSession(said: SignedIn): Session {
  const role = said.person?.role ?? said.role ?? 'viewer';
  return { ...said, role, can: (right) => may(role, right) };
}

// Where the sign-in page leads back to: a path of this app, never another site.
export function returnPath(asked: string | undefined): string {
  return asked !== undefined && /^\/(?![/\\])/.test(asked) && !asked.startsWith('/sign-in') ? asked : '/';
}

const here = () => window.location.pathname + window.location.search;

export function SessionGate({ children }: { children: ReactNode }) {
  const navigate = useNavigate();
  const cache = useQueryClient();
  const me = useQuery({ queryKey: keys.me, queryFn: readMe, staleTime: Infinity, retry: false });
  const signedOut = me.error instanceof ApiError && me.error.status === 401;
  const session = useMemo(() => (me.data ? toSession(me.data) : null), [me.data]);

  // A session that ends while one works: say so, and come back here afterwards.
  useEffect(
    () =>
      onFailure((error) => {
        if (error.status !== 401 || cache.getQueryData(keys.me) === undefined) return;
        const from = here();
        cache.clear();
        void navigate({ to: '/sign-in', search: { from, expired: true }, replace: true });
      }),
    [cache, navigate],
  );
  useEffect(() => {
    if (signedOut) void navigate({ to: '/sign-in', search: { from: returnPath(here()) }, replace: true });
  }, [signedOut, navigate]);

  if (session) return <SessionContext.Provider value={session}>{children}</SessionContext.Provider>;
  return (
    <Center mih="100dvh" p="md">
      {me.error && !signedOut ? <ErrorAlert error={me.error} onRetry={() => void me.refetch()} /> : <Loader aria-label="Loading" />}
    </Center>
  );
}
