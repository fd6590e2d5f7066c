// Signing in, and back to where one was.
import { ApiError } from '@/api/client';
import { ask, type SignedIn } from '@/api/agreed';
import { keys } from '@/api/keys';
import { readMe, returnPath } from '@/session/session';
import { errorWords } from '@/ui/ErrorAlert';
import { Alert, Button, PasswordInput, Text, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useForm } from 'react-hook-form';
import { EntryFrame } from './EntryFrame';

interface Fields {
  email: string;
  password: string;
}

function refusalWords(error: unknown): { title: string; text: string } {
  if (error instanceof ApiError && error.code === 'invalid_sign_in') return { title: 'That does not match', text: 'The e-mail address or the password is wrong.' };
  if (error instanceof ApiError && error.status === 429) {
    const minutes = Math.ceil((error.retryAfterS ?? 60) / 60);
    return { title: 'Too many attempts', text: `For safety, wait ${minutes === 1 ? 'a minute' : `${minutes} minutes`} and try again.` };
  }
  return errorWords(error);
}

export default function SignInPage() {
  const { from, expired } = useSearch({ from: '/sign-in' });
  const router = useRouter();
  const cache = useQueryClient();
  const [refused, setRefused] = useState<unknown>(null);
  const form = useForm<Fields>({ mode: 'onSubmit', reValidateMode: 'onChange', defaultValues: { email: '', password: '' } });
  const { errors, isSubmitting } = form.formState;
  const me = useQuery({ queryKey: keys.me, queryFn: readMe, retry: false, staleTime: Infinity });
  const signedIn = me.data !== undefined;
  useEffect(() => {
    if (signedIn) router.history.replace(returnPath(from));
  }, [signedIn, from, router]);

  const submit = form.handleSubmit(async (fields) => {
    setRefused(null);
    try {
      cache.setQueryData(keys.me, await ask<SignedIn>('POST', '/api/auth/sign-in', fields));
    } catch (error) {
      setRefused(error);
      form.setFocus('password', { shouldSelect: true });
    }
  });
  const words = refused === null ? null : refusalWords(refused);
  return (
    <EntryFrame title="Sign in">
      {expired && !refused && <Alert variant="light" color="gray" title="You were signed out" role="status">Sign in again to go on where you were.</Alert>}
      {words && <Alert variant="light" color="red" title={words.title} role="alert">{words.text}</Alert>}
      <form onSubmit={(event) => void submit(event)} noValidate>
        <TextInput label="E-mail" type="email" autoComplete="username" autoFocus mb="md" error={errors.email?.message} {...form.register('email', { required: 'Enter your e-mail address.' })} />
        <PasswordInput label="Password" autoComplete="current-password" mb="lg" error={errors.password?.message} visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }} {...form.register('password', { required: 'Enter your password.' })} />
        <Button type="submit" fullWidth loading={isSubmitting}>Sign in</Button>
      </form>
      <Text size="sm" c="dimmed">New here? Ask a colleague who is an admin for an invitation link. To set up a new server, open the link it printed when it started.</Text>
    </EntryFrame>
  );
}
