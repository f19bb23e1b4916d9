/** Types of the Switchboard browser client. Times are RFC 3339 in UTC unless a comment says otherwise; ids are UUIDs. */

export type UserId = string;
export type RoomId = string;
export type MessageId = string;

export interface User {
  id: UserId;
  username: string;
  displayName: string;
  /** Only of the signed-in user, and to administrators. */
  email?: string;
  phoneNumber?: string;
  roles: string[];
  avatarUrl?: string;
  createdAt: string;
}

export interface Member {
  userId: UserId;
  username: string;
  role: string;
  joinedAt: string;
  /** In the answer to a join: number of the last message that they have read. */
  readSeq?: number;
}

/** A channel as everybody sees it. */
export interface Channel {
  id: RoomId;
  slug?: string;
  title: string;
  memberCount: number;
  /** Whether the signed-in user is in it. */
  member: boolean;
  createdAt: string;
}

/** A device on which a user is signed in. */
export interface DeviceSession {
  id: string;
  createdAt: string;
  lastUsedAt: string;
  userAgent?: string;
  /** The one that asks. */
  current: boolean;
}

export type ConversationKind = 'direct' | 'group' | 'channel';

export interface Conversation {
  id: RoomId;
  kind: ConversationKind;
  title: string;
  slug?: string;
  /** Absent in large rooms. */
  members?: Member[];
  memberCount?: number;
  /** Number of the room's last event. */
  headSeq: number;
  /** Number of the last message that this user has read. */
  readSeq: number;
  unread: number;
  lastMessage?: Message | null;
  createdAt: string;
}

export interface Message {
  id: MessageId;
  roomId: RoomId;
  /** The message's place in its room. */
  seq: number;
  senderId: UserId;
  senderName: string;
  type: 'text' | 'file' | 'system';
  /** Absent when deleted. */
  content?: string | null;
  clientId?: string;
  replyTo?: MessageId;
  createdAt: string;
  editedAt?: string;
  deleted: boolean;
  /** The highest wins. */
  version: number;
}

export type MediaKind = 'audio' | 'video';

export interface Call {
  id: string;
  callerId: UserId;
  calleeId: UserId;
  media: MediaKind;
  state: 'RINGING' | 'CONNECTING' | 'ACTIVE' | 'ENDED';
  reason?: string;
  createdAt: string;
  answeredAt?: string;
  endedAt?: string;
}

export interface Participant {
  /** Where signals for this participant go; another one after coming back. */
  socketId: string;
  userId: UserId;
  username: string;
  displayName: string;
  joinedAt: string;
  hand: boolean;
  /** The smaller, the earlier the hand was raised. */
  handNo?: number;
  muted: boolean;
  cameraOff: boolean;
  sharing: boolean;
  /** The socket is gone, and the seat is kept for a while. */
  away: boolean;
  role: 'host' | 'participant';
  version: number;
}

export interface MeetingInfo {
  id: RoomId;
  title: string;
  description?: string;
  ownerId: UserId;
  hostId: UserId;
  capacity: number;
  locked: boolean;
  lobby: boolean;
  status: 'created' | 'live' | 'ended';
  activeParticipants: number;
  /** Everybody who was ever in it. */
  participants: UserId[];
  version: number;
  createdAt: string;
  endedAt?: string;
}

export interface WaitingPerson {
  userId: UserId;
  username: string;
  displayName: string;
  since: string;
}

/** What the server pushes. Only events of a room's log have a `seq`. */
export interface ServerEvent<Type extends string = string, Data = unknown> {
  type: Type;
  roomId?: RoomId;
  seq?: number;
  at: string;
  data: Data;
}

export interface LogEvent<Type extends string> extends ServerEvent<Type, Message> {
  roomId: RoomId;
  /** Number of this event in the room; for edits and deletions not the message's own place. */
  seq: number;
}

export interface MessageNotification {
  kind: 'message';
  conversationId: RoomId;
  seq: number;
  messageId: MessageId;
  senderName: string;
  preview?: string;
}

/** A call that nobody took; it may be told more than once. */
export interface MissedCallNotification {
  kind: 'missed_call';
  id: string;
  callId: string;
  fromId: UserId;
  fromName?: string;
  at: string;
}

export interface Typist {
  userId: UserId;
  username: string;
}

export interface Page<T> {
  items: T[];
  next?: string | null;
}

export interface MessagePage {
  messages: Message[];
  next?: string | number | null;
}

export interface SendReply {
  id: MessageId;
  seq: number;
  createdAt: string;
  /** The server had the message already: an earlier try got through. */
  duplicate: boolean;
}

export interface JoinReply {
  conversationId: RoomId;
  headSeq: number;
  messages: Array<ServerEvent | Message>;
  recovered: boolean;
  members?: Member[];
  memberCount?: number;
  online?: UserId[] | number;
  onlineCount?: number;
}

export interface SessionState {
  user?: User;
  accessToken: string;
  /** Absent where it is an HttpOnly cookie. */
  refreshToken?: string;
  /** Milliseconds since the epoch, by this machine's clock. */
  expiresAt: number;
  /** Milliseconds from the making of the access token to its end. */
  life: number;
}

export type ConnectionState = 'idle' | 'connecting' | 'online' | 'offline' | 'unauthorized' | 'closed';

export interface StateChange {
  state: ConnectionState;
  previous: ConnectionState;
  /** WebSocket close code that led here. */
  code?: number;
  reason?: string;
  /** When `offline`: the next try, in milliseconds since the epoch. */
  retryAt?: number;
  error?: Error;
  user?: User;
}

export type ErrorCode =
  | 'validation_failed'
  | 'invalid_json'
  | 'unauthorized'
  | 'invalid_credentials'
  | 'token_expired'
  | 'session_revoked'
  | 'xsrf_mismatch'
  | 'forbidden'
  | 'not_a_member'
  | 'not_found'
  | 'method_not_allowed'
  | 'conflict'
  | 'username_taken'
  | 'email_taken'
  | 'payload_too_large'
  | 'too_many_requests'
  | 'internal'
  | 'upstream_unreachable'
  | 'unavailable'
  | 'timeout'
  | 'offline'
  | 'queue_full'
  | 'room_closed'
  | 'signed_out'
  | 'not_ringing'
  | 'meeting_full'
  | 'meeting_locked'
  | 'meeting_ended'
  | 'barred'
  | 'media_refused'
  | 'media_missing'
  | 'media_busy'
  | 'media_lost'
  | 'media_insecure';

export class SwitchboardError extends Error {
  readonly code: ErrorCode | (string & {});
  /** HTTP status; 0 when the server did not answer. */
  readonly status: number;
  /** Whether the same request can help later. */
  readonly retryable: boolean;
  readonly fields: Array<{ field: string; message: string }>;
  readonly requestId?: string;
  /** Milliseconds that the server asked to wait. */
  readonly retryAfter?: number;
}

export interface Emits<Events> {
  /** Returns a function that ends the listening. */
  on<E extends keyof Events>(event: E, listener: (value: Events[E]) => void): () => void;
  once<E extends keyof Events>(event: E, listener: (value: Events[E]) => void): () => void;
  off<E extends keyof Events>(event: E, listener: (value: Events[E]) => void): void;
}

export interface SwitchboardEvents {
  state: StateChange;
  session: SessionState | null;
  'user:online': ServerEvent<'user:online', { userId: UserId }>;
  'user:offline': ServerEvent<'user:offline', { userId: UserId }>;
  'conversation:added': ServerEvent<'conversation:added', Conversation>;
  'conversation:removed': ServerEvent<'conversation:removed', { conversationId: RoomId }>;
  'notification:new': ServerEvent<'notification:new', MessageNotification | MissedCallNotification>;
  'session:expiring': ServerEvent<'session:expiring', { expiresAt?: string }>;
  'call:incoming': ServerEvent<'call:incoming', Call & { caller: User }>;
  'call:accepted': ServerEvent<'call:accepted', Call>;
  'call:rejected': ServerEvent<'call:rejected', Call>;
  'call:end': ServerEvent<'call:end', { callId: string; reason: string }>;
  offer: ServerEvent<'offer', Signal & { sdp: unknown }>;
  answer: ServerEvent<'answer', Signal & { sdp: unknown }>;
  'ice-candidate': ServerEvent<'ice-candidate', Signal & { candidate: unknown }>;
  'meeting:request': ServerEvent<'meeting:request', unknown>;
}

export interface Signal {
  callId?: string;
  meetingId?: RoomId;
  /** Socket id of the sender, stamped by the server. */
  from: string;
  fromUserId: UserId;
}

export type RoomState = 'joining' | 'live' | 'offline' | 'closed';

export interface RoomEvents {
  'message:new': LogEvent<'message:new'>;
  'message:updated': LogEvent<'message:updated'>;
  'message:deleted': LogEvent<'message:deleted'>;
  'message:read': ServerEvent<'message:read', { userId: UserId; messageId: MessageId; seq: number; conversationId: RoomId }>;
  'user:typing': ServerEvent<'user:typing', Typist & { conversationId: RoomId }>;
  'user:stop-typing': ServerEvent<'user:stop-typing', Typist & { conversationId: RoomId }>;
  /** Somebody opened the room, or closed it; membership comes with `conversation:updated`. */
  'participant:joined': ServerEvent<'participant:joined', Typist & { conversationId: RoomId }>;
  'participant:left': ServerEvent<'participant:left', Typist & { conversationId: RoomId }>;
  'conversation:updated': ServerEvent<
    'conversation:updated',
    Partial<Conversation> & { conversationId: RoomId; onlineCount?: number }
  >;
  /** Something to draw changed: messages, pending ones, people. */
  change: undefined;
  pending: undefined;
  /** Who else is writing now. */
  typing: Typist[];
  roster: Roster;
  /** The room was joined, at first or again. */
  joined: JoinReply;
  /** More was missed than could be replayed: `messages` starts anew, older ones come with `history()`. */
  reload: undefined;
  /** Messages that this user has not read, after a `read()`. */
  unread: number;
  state: { state: RoomState; error?: Error };
  closed: Error;
}

export interface PendingMessage {
  clientId: string;
  content: string;
  type: Message['type'];
  replyTo?: MessageId;
  createdAt: string;
  state: 'queued' | 'sending' | 'sent' | 'failed';
  error?: SwitchboardError;
}

export interface Roster {
  /** Null in rooms of more than 200 members. */
  readonly members: Member[] | null;
  readonly memberCount: number;
  readonly online: Set<UserId>;
  readonly onlineCount: number;
  readSeq(userId: UserId): number;
  /** Ids of those known to have read the message with this number. */
  readers(seq: number): UserId[];
}

export interface Room extends Emits<RoomEvents> {
  readonly id: RoomId;
  readonly state: RoomState;
  readonly roster: Roster;
  /** The known messages in order. The same array until something changes. */
  readonly messages: readonly Message[];
  readonly pending: readonly PendingMessage[];
  /** Number of the last event seen, null before the first join. */
  readonly position: number | null;
  /** No older history exists. */
  readonly complete: boolean;
  readonly typingPeople: Typist[];
  /** Settles with the first join, or rejects when the room is refused. */
  readonly ready: Promise<JoinReply>;
  send(content: string, options?: { type?: 'text' | 'file'; replyTo?: MessageId }): Promise<SendReply>;
  retry(clientId: string): void;
  discard(clientId: string): void;
  edit(messageId: MessageId, content: string): Promise<{ version: number }>;
  delete(messageId: MessageId): Promise<{ version: number }>;
  read(message?: Message): void;
  typing(active?: boolean): void;
  history(options?: { limit?: number }): Promise<{ added: number; complete: boolean }>;
  leave(): void;
}

export interface Conversations {
  list(options?: { cursor?: string; limit?: number; slug?: string }): Promise<Page<Conversation>>;
  bySlug(slug: string): Promise<Conversation | undefined>;
  channels(options?: { query?: string; cursor?: string; limit?: number }): Promise<Page<Channel>>;
  members(id: RoomId, options?: { query?: string; cursor?: string; limit?: number }): Promise<Page<Member>>;
  get(id: RoomId): Promise<Conversation>;
  create(conversation: { kind: ConversationKind; title?: string; memberIds: UserId[] }): Promise<Conversation>;
  update(id: RoomId, changes: { title?: string }): Promise<Conversation>;
  remove(id: RoomId): Promise<void>;
  addMembers(id: RoomId, userIds: UserId[]): Promise<unknown>;
  removeMember(id: RoomId, userId: UserId): Promise<void>;
  messages(id: RoomId, options?: { before?: number; after?: number; limit?: number }): Promise<MessagePage>;
  markRead(messageId: MessageId): Promise<{ unread: number }>;
}

export interface Users {
  me(): Promise<User>;
  updateMe(
    changes: Partial<Pick<User, 'displayName' | 'email' | 'phoneNumber' | 'avatarUrl'>> & {
      /** Ends all other sessions; needs `currentPassword`. */
      password?: string;
      currentPassword?: string;
    },
  ): Promise<User>;
  removeMe(): Promise<void>;
  sessions(): Promise<DeviceSession[]>;
  revokeSession(id: string): Promise<void>;
  revokeOtherSessions(): Promise<void>;
  get(id: UserId): Promise<User>;
  search(query: string, options?: { cursor?: string; limit?: number }): Promise<Page<User>>;
}

/** What a connection carries: sound, the camera's picture, the shared screen. */
export type MediaRole = 'audio' | 'camera' | 'screen';

/** Counters since the beginning, and what they are worth since the last look; rates in bit/s, times in milliseconds. */
export interface QualityFigures {
  at: number;
  audioBytesIn: number;
  videoBytesIn: number;
  bytesIn: number;
  bytesOut: number;
  packetsIn: number;
  packetsLost: number;
  framesDecoded: number;
  roundTrip: number | null;
  candidatePair?: string;
  /** Whether it goes through a TURN server. */
  relayed: boolean;
  width: number;
  height: number;
  framesPerSecond: number;
  /** How loud the other side is, from 0 to 1. */
  level: number;
  bitsIn: number;
  bitsOut: number;
  /** Share of packets that were lost, from 0 to 1. */
  loss: number;
  rating: 'good' | 'fair' | 'poor';
}

export interface MediaDevice {
  id: string;
  label: string;
}

export interface MediaDevices {
  microphones: MediaDevice[];
  cameras: MediaDevice[];
  speakers: MediaDevice[];
}

export interface LocalMedia extends Emits<{ change: undefined }> {
  readonly muted: boolean;
  readonly cameraOn: boolean;
  readonly sharing: boolean;
  /** Why there is no microphone or camera, though one was wanted. */
  readonly problems: { audio: SwitchboardError | null; camera: SwitchboardError | null };
  track(role: MediaRole): MediaStreamTrack | null;
  mute(muted: boolean): Promise<void>;
  camera(on: boolean): Promise<void>;
  /** Resolves to whether the screen is shared: the person may change their mind. */
  share(on: boolean): Promise<boolean>;
  use(devices: { microphone?: string; camera?: string }): Promise<void>;
}

export type PeerState = 'connecting' | 'connected' | 'reconnecting' | 'failed' | 'closed';

export interface CallEvents {
  change: undefined;
  figures: QualityFigures;
  ended: string;
}

/** A call of this client; as the server tells it: `Call`. */
export interface LiveCall extends Emits<CallEvents> {
  readonly id: string | null;
  readonly direction: 'incoming' | 'outgoing';
  readonly user: { id: UserId; username?: string; displayName?: string };
  readonly media: MediaKind;
  readonly state: 'preparing' | 'ringing' | 'connecting' | 'active' | 'ended';
  /** Why it ended: the server's reasons, or `failed`, with `error`. */
  readonly reason: string | null;
  readonly error: Error | null;
  readonly local: LocalMedia | null;
  readonly remote: Map<MediaRole, MediaStreamTrack | null>;
  readonly network: PeerState | null;
  /** Milliseconds since the epoch. */
  readonly connectedAt: number | null;
  answer(options?: { video?: boolean }): Promise<void>;
  reject(): Promise<void>;
  hangUp(): Promise<void>;
  /** ICE restart with fresh credentials; media goes on meanwhile. */
  restart(): Promise<void> | undefined;
  quality(): Promise<QualityFigures | null>;
}

export interface Calls extends Emits<{ call: LiveCall; change: undefined }> {
  /** `relay`: through TURN servers only, which hides this device's address. */
  options: { relay: boolean; devices: { microphone?: string; camera?: string } };
  readonly live: LiveCall[];
  readonly current: LiveCall | undefined;
  call(user: { id: UserId; displayName?: string; username?: string }, options?: { media?: MediaKind }): Promise<LiveCall>;
  history(options?: { before?: string; limit?: number }): Promise<Page<Call>>;
  iceServers(): Promise<{ iceServers: RTCIceServer[]; ttl: number }>;
  devices(): Promise<MediaDevices>;
}

export interface MeetingEvents {
  change: undefined;
  message: Message;
  asked: { kind: 'mute' | 'unshare' | 'knock' | 'withdrawn'; userId?: UserId; username?: string; displayName?: string };
  ended: string;
}

export type MeetingAction =
  | 'hand'
  | 'muted'
  | 'camera'
  | 'share'
  | 'mute'
  | 'unshare'
  | 'lower-hand'
  | 'remove'
  | 'unbar'
  | 'lock'
  | 'lobby'
  | 'admit'
  | 'deny'
  | 'transfer'
  | 'end';

/** A meeting that this client is in. */
export interface LiveMeeting extends Emits<MeetingEvents> {
  readonly id: RoomId;
  readonly state: 'preparing' | 'joining' | 'waiting' | 'live' | 'offline' | 'ended';
  /** Whether this client has been in it. */
  readonly entered: boolean;
  readonly reason: string | null;
  readonly error: Error | null;
  readonly info: MeetingInfo | null;
  readonly participants: Participant[];
  readonly self: Participant | undefined;
  /** Those whose hand is up, in the order of raising. */
  readonly hands: Participant[];
  readonly lobby: WaitingPerson[];
  /** Whether this user may do what a host may. */
  readonly leading: boolean;
  readonly messages: readonly Message[];
  readonly local: LocalMedia | null;
  peer(
    userId: UserId,
  ): { readonly state: PeerState; readonly remote: Map<MediaRole, MediaStreamTrack | null>; readonly loudness: number } | undefined;
  say(content: string, options?: { clientId?: string }): Promise<SendReply>;
  raiseHand(on?: boolean): Promise<void>;
  mute(muted: boolean): Promise<void>;
  camera(on: boolean): Promise<void>;
  share(on: boolean): Promise<boolean>;
  update(action: MeetingAction, options?: { userId?: UserId; on?: boolean }): Promise<void>;
  leave(): void;
}

export interface Meetings extends Emits<{ meeting: LiveMeeting; change: undefined }> {
  readonly current: LiveMeeting | null;
  create(meeting: { title: string; description?: string; capacity?: number; lobby?: boolean }): Promise<MeetingInfo>;
  list(options?: { cursor?: string; limit?: number }): Promise<Page<MeetingInfo>>;
  get(id: RoomId): Promise<MeetingInfo>;
  update(id: RoomId, changes: Partial<Pick<MeetingInfo, 'title' | 'description' | 'capacity' | 'locked' | 'lobby'>>): Promise<MeetingInfo>;
  remove(id: RoomId): Promise<void>;
  participants(
    id: RoomId,
    options?: { cursor?: string; limit?: number },
  ): Promise<
    Page<{ id: string; userId: UserId; username: string; joinedAt: string; leftAt?: string }> & { participants: Participant[] }
  >;
  join(id: RoomId, options?: { video?: boolean; muted?: boolean }): Promise<LiveMeeting>;
}

export interface SwitchboardOptions {
  /** Origin of a node or of the balancer before the nodes; by default the page's own. */
  url?: string | URL;
  /** An access token from elsewhere, or a function that fetches a fresh one each time it is called. */
  token?: string | (() => string | Promise<string>);
  /** A session kept from before, for clients without cookies. */
  session?: { accessToken: string; refreshToken?: string; expiresIn?: number; expiresAt?: number; life?: number; user?: User };
  /** `localStorage`: messages that wait to be sent outlive the page. Signing out removes them. */
  storage?: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  fetch?: typeof fetch;
  WebSocket?: new (url: string) => any;
  /** Milliseconds that a request may take; 10 000 by default. */
  timeout?: number;
}

export class Switchboard implements Emits<SwitchboardEvents> {
  constructor(options?: SwitchboardOptions);
  readonly state: ConnectionState;
  readonly user: User | undefined;
  readonly session: SessionState | null;
  readonly socketId: string | undefined;
  readonly rooms: Room[];
  /** Conversations with messages in `storage` that wait: joining sends them. */
  readonly waiting: RoomId[];
  readonly conversations: Conversations;
  readonly users: Users;
  readonly calls: Calls;
  readonly meetings: Meetings;
  register(account: {
    username: string;
    email: string;
    password: string;
    displayName?: string;
    phoneNumber?: string;
  }): Promise<User>;
  login(credentials: { password: string } & ({ username: string } | { email: string })): Promise<User>;
  refresh(): Promise<User | undefined>;
  logout(): Promise<void>;
  /** Like `users.updateMe`; `user` is the new one at once, in all tabs. */
  updateProfile(changes: Parameters<Users['updateMe']>[0]): Promise<User>;
  /** Signs out on every device. */
  logoutEverywhere(): Promise<void>;
  connect(): Promise<void>;
  disconnect(): void;
  dispose(): void;
  join(conversationId: RoomId, options?: { afterSeq?: number }): Room;
  request<Reply = unknown>(address: string, body?: object): Promise<Reply>;
  http<Reply = unknown>(
    method: string,
    path: string,
    options?: { body?: unknown; query?: Record<string, unknown> },
  ): Promise<Reply>;
  listen<E extends ServerEvent = ServerEvent>(address: string, listener: (event: E) => void): () => void;
  on<E extends keyof SwitchboardEvents>(event: E, listener: (value: SwitchboardEvents[E]) => void): () => void;
  once<E extends keyof SwitchboardEvents>(event: E, listener: (value: SwitchboardEvents[E]) => void): () => void;
  off<E extends keyof SwitchboardEvents>(event: E, listener: (value: SwitchboardEvents[E]) => void): void;
}

/** The longest message: Unicode code points, and bytes as UTF-8. */
export const MAX_CONTENT_CHARACTERS: number;
export const MAX_CONTENT_BYTES: number;
