-- Who deleted a room: kept for a while, so that the same request, sent again, is answered like the first time.
create table deleted_room (
    room_id    uuid        primary key,
    deleted_by uuid        not null,
    deleted_at timestamptz not null default now()
);

create index deleted_room_deleted_at on deleted_room (deleted_at);
