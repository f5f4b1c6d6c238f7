import type { Body } from '../../bodies/body.ts';

/** A body that was sent. Names that begin with an underscore are ours: HAR 1.2 has no coding for what is sent. */
export interface HarPostData {
  readonly mimeType: string;
  readonly text: string;
  readonly _encoding?: 'base64';
  readonly comment?: string;
}

/** A body that was answered. */
export interface HarContent {
  readonly size: number;
  readonly compression?: number;
  readonly mimeType: string;
  readonly text?: string;
  readonly encoding?: 'base64';
  readonly comment?: string;
}

/** Undefined where there is none, or none was captured. */
export function postDataOf(body: Body): HarPostData | undefined {
  const { bytes, text } = body;
  if (bytes === undefined || bytes.length === 0) return undefined;
  const comment = bodyComment(body);
  return {
    mimeType: body.mediaType ?? '',
    ...(text === undefined ? { text: bytes.toString('base64'), _encoding: 'base64' as const } : { text }),
    ...(comment !== undefined && { comment }),
  };
}

/** The body of an answer. */
export function contentOf(body: Body): HarContent {
  const { bytes, text, size = 0 } = body;
  const comment = bodyComment(body);
  return {
    size: bytes?.length ?? size,
    ...(bytes !== undefined &&
      body.codings.length > 0 &&
      comment === undefined && { compression: bytes.length - size }),
    mimeType: body.mediaType ?? '',
    ...(bytes !== undefined &&
      (text === undefined ? { text: bytes.toString('base64'), encoding: 'base64' as const } : { text })),
    ...(comment !== undefined && { comment }),
  };
}

/** What keeps a body from being the whole of what was sent, decoded; undefined where nothing does. */
export function bodyComment({ state, damage, undecodable }: Body): string | undefined {
  const parts = [
    state === 'COMPLETE' ? '' : `body: ${state.toLowerCase().replaceAll('_', ' ')}`,
    damage ?? '',
    undecodable === undefined ? '' : `not decoded (${undecodable})`,
  ].filter((part) => part !== '');
  return parts.length === 0 ? undefined : parts.join(', ');
}
