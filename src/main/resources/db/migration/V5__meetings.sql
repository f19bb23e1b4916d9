-- Meetings, for as long as there are such. Who is in one now, and what is said in it, is in the memory of the cluster.
create table meeting (
    id          uuid        primary key,
    title       text        not null,
    description text,
    owner_id    uuid        not null references user_account on delete cascade,
    -- What makes asking again safe.
    client_id   text,
    capacity    integer     not null check (capacity > 0),
    locked      boolean     not null default false,
    lobby       boolean     not null default false,
    created_at  timestamptz not null,
    ended_at    timestamptz,
    unique (owner_id, client_id)
);

create index meeting_owner on meeting (owner_id, id desc);

-- Who was in a meeting from when to when. Ids sort by time. No reference to the account: history outlives it.
create table meeting_stay (
    id         uuid        primary key,
    meeting_id uuid        not null references meeting on delete cascade,
    user_id    uuid        not null,
    username   text        not null,
    joined_at  timestamptz not null,
    left_at    timestamptz
);

create index meeting_stay_meeting on meeting_stay (meeting_id, id desc);
create index meeting_stay_user on meeting_stay (user_id, meeting_id);

-- Who was removed from a meeting and is not let in again.
create table meeting_bar (
    meeting_id uuid not null references meeting on delete cascade,
    user_id    uuid not null,
    primary key (meeting_id, user_id)
);
