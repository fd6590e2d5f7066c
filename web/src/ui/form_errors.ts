// Carries what the server refused onto the fields of a form.
import { ApiError } from '@/api/client';
import type { FieldValues, Path, UseFormSetError } from 'react-hook-form';

// Sets the error of each field the server names and answers true, or false when it names none of `fields`: then the whole form says it.
export function showFieldErrors<T extends FieldValues>(error: unknown, fields: readonly Path<T>[], setError: UseFormSetError<T>): boolean {
  if (!(error instanceof ApiError)) return false;
  const named = error.details.filter((detail) => (fields as readonly string[]).includes(detail.field));
  named.forEach((detail, index) => setError(detail.field as Path<T>, { type: 'server', message: detail.message }, { shouldFocus: index === 0 }));
  return named.length > 0;
}
