-- Accounts, sessions, rooms and their log. UUIDs are version 7 and made by the nodes; times are UTC.

create table user_account (
    id            uuid        primary key,
    username      text        not null,
    email         text,
    display_name  text        not null,
    phone_number  text,
    avatar_url    text,
    password_hash text,
    roles         text[]      not null default '{}',
    disabled_at   timestamptz,
    created_at    timestamptz not null default now(),
    updated_at    timestamptz not null default now()
);

-- "Ann" and "ann" are one person to everybody who reads a name. text_pattern_ops lets the same index find prefixes.
create unique index user_account_username_key on user_account (lower(username) text_pattern_ops);
create unique index user_account_email_key on user_account (lower(email) text_pattern_ops);

create table session (
    id           uuid        primary key,
    user_id      uuid        not null references user_account on delete cascade,
    created_at   timestamptz not null default now(),
    last_used_at timestamptz not null default now(),
    expires_at   timestamptz not null,
    revoked_at   timestamptz,
    user_agent   text
);

create index session_user_id on session (user_id);
create index session_expires_at on session (expires_at);
-- A node that starts, or that was away, reads what was revoked lately.
create index session_revoked_at on session (revoked_at) where revoked_at is not null;

-- One session is one family of refresh tokens. Spent ones stay until the session goes: that is how reuse is noticed.
create table refresh_token (
    token_hash bytea       primary key,
    session_id uuid        not null references session on delete cascade,
    issued_at  timestamptz not null default now(),
    expires_at timestamptz not null,
    used_at    timestamptz
);

create index refresh_token_session_id on refresh_token (session_id);

create table room (
    id              uuid        primary key,
    kind            text        not null check (kind in ('direct', 'group', 'channel')),
    slug            text        unique,
    title           text,
    -- The two user ids of a direct conversation in rising order, so that a pair has one, whoever begins.
    direct_key      text        unique check ((kind = 'direct') = (direct_key is not null)),
    -- The number of the newest event. Each commit moves it by compare-and-set, which fences owners that lost the room.
    head_seq        bigint      not null default 0,
    -- No reference: the room outlives the account that made it.
    created_by      uuid,
    -- Its creator's word for the request that made it.
    client_id       text,
    created_at      timestamptz not null default now()
) with (fillfactor = 50);
-- head_seq changes with every commit: half-empty pages and no index on it keep those updates within the page (HOT).

-- A request that is sent again finds what it made, instead of making another.
create unique index room_client_id_key on room (created_by, client_id) where client_id is not null;

create table room_member (
    room_id   uuid        not null references room on delete cascade,
    user_id   uuid        not null references user_account on delete cascade,
    role      text        not null check (role in ('owner', 'admin', 'member')),
    joined_at timestamptz not null default now(),
    read_seq  bigint      not null default 0,
    primary key (room_id, user_id)
) with (fillfactor = 80);

create index room_member_user_id on room_member (user_id);

-- message and room_change have no foreign keys: the commit that writes them holds the room's row anyway, a check per row
-- is a good part of the cost of an insert, and a message outlives its sender's account. Who deletes a room deletes both.
create table message (
    id          uuid        primary key,
    room_id     uuid        not null,
    -- The event number of its creation: its place in the room for good.
    seq         bigint      not null,
    sender_id   uuid        not null,
    sender_name text        not null,
    type        text        not null,
    -- Null once it is deleted.
    content     text,
    client_id   text,
    reply_to    uuid,
    created_at  timestamptz not null,
    edited_at   timestamptz,
    deleted     boolean     not null default false,
    version     integer     not null default 1
);

-- Two owners that both believe in themselves cannot both give a number away.
create unique index message_room_id_seq_key on message (room_id, seq);
-- A message that is sent again is found, not stored again.
create unique index message_client_id_key on message (sender_id, client_id) where client_id is not null;

-- Edits and deletions, which take numbers too. A creation needs no row: it is message.seq.
create table room_change (
    room_id    uuid        not null,
    seq        bigint      not null,
    kind       text        not null,
    message_id uuid        not null,
    at         timestamptz not null,
    primary key (room_id, seq)
);

-- The channel that exists from the start. Its id is the same everywhere.
insert into room (id, kind, slug, title)
values ('00000000-0000-7000-8000-000000000001', 'channel', 'general', 'General');
