-- Calls that are over. Live ones are in the memory of the cluster. No references: history outlives accounts.
create table call (
    id          uuid        primary key,
    caller_id   uuid        not null,
    callee_id   uuid        not null,
    media       text        not null check (media in ('audio', 'video')),
    reason      text        not null,
    created_at  timestamptz not null,
    answered_at timestamptz,
    ended_at    timestamptz not null
);

-- Ids sort by time.
create index call_caller on call (caller_id, id desc);
create index call_callee on call (callee_id, id desc);

-- Whoever is blocked finds the blocker offline.
create table user_block (
    user_id    uuid        not null references user_account on delete cascade,
    blocked_id uuid        not null references user_account on delete cascade,
    created_at timestamptz not null default now(),
    primary key (user_id, blocked_id)
);

create index user_block_blocked on user_block (blocked_id);

-- What a user is to find later, until it is read.
create table notification (
    id         uuid        primary key,
    user_id    uuid        not null references user_account on delete cascade,
    kind       text        not null,
    -- What it is about: the id of a call, for example.
    subject_id uuid        not null,
    from_id    uuid,
    created_at timestamptz not null default now(),
    read_at    timestamptz,
    unique (user_id, kind, subject_id)
);

create index notification_user on notification (user_id, id desc);
