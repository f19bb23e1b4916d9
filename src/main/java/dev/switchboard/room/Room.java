package dev.switchboard.room;

import dev.switchboard.protocol.Conversation;
import dev.switchboard.protocol.Conversation.Member;
import dev.switchboard.protocol.Event;
import dev.switchboard.protocol.Fault;
import dev.switchboard.protocol.Message;
import dev.switchboard.protocol.RoomOperations.Sent;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The rules of one conversation, as its owner holds it: members, the head of its log, its recent events, the recent
 * {@code clientId}s. Pure state, used by one shard's event loop.
 *
 * <p>{@link #head()} is what is committed. Numbers for a batch are given out from there; only {@link #committed} moves it.
 */
final class Room {
    /** How many answers are remembered for senders that repeat themselves; older ones are found in the database. */
    private static final int REMEMBERED = 1_024;

    private final UUID id;
    private final String kind;
    private @Nullable String title;
    private final Map<UUID, Member> members;
    private long version;
    private int edits;
    private final RecentEvents recent;
    private final Map<ClientKey, Sent> answered = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ClientKey, Sent> eldest) {
            return size() > REMEMBERED;
        }
    };

    /** What makes sending again safe. */
    record ClientKey(UUID senderId, String clientId) {}

    /**
     * @param headSeq the number of the last committed event; 0 in an empty room
     * @param version counts the changes of members, roles and title
     */
    Room(UUID id, String kind, @Nullable String title, long headSeq, long version, Map<UUID, Member> members) {
        this.id = id;
        this.kind = kind;
        this.title = title;
        this.version = version;
        this.members = members;
        this.recent = new RecentEvents(headSeq);
    }

    UUID id() {
        return id;
    }

    String kind() {
        return kind;
    }

    @Nullable
    String title() {
        return title;
    }

    void rename(String newTitle) {
        title = newTitle;
    }

    /** Committed events end here. */
    long head() {
        return recent.head();
    }

    /** In the order in which they came. Not to be changed. */
    Map<UUID, Member> members() {
        return Collections.unmodifiableMap(members);
    }

    void put(Member member) {
        edits++;
        members.put(member.userId(), member);
    }

    void remove(UUID userId) {
        edits++;
        members.remove(userId);
    }

    /** How many changes of members, roles and title, as the database counts them, are known here. */
    long version() {
        return version;
    }

    void version(long counted) {
        version = counted;
    }

    /** Differs from before whenever the members were changed here. */
    int edits() {
        return edits;
    }

    /** Takes over members, roles and title as they are stored. */
    void reload(Room stored) {
        title = stored.title;
        version = stored.version;
        Map<UUID, Member> before = new HashMap<>(members);
        members.clear();
        stored.members.forEach((user, member) -> {
            Member known = before.get(user);
            members.put(user, known == null ? member : member.readUpTo(known.readSeq()));
        });
    }

    /** A member has read up to here. */
    void read(UUID userId, long seq) {
        members.computeIfPresent(userId, (user, member) -> member.readUpTo(seq));
    }

    /** Small rooms push what single people do; large ones push counts. */
    boolean isSmall() {
        return members.size() <= Conversation.SMALL;
    }

    /** @throws dev.switchboard.protocol.FaultException {@code not_a_member} */
    Member member(UUID userId) {
        Member member = members.get(userId);
        if (member == null) {
            throw Fault.NOT_A_MEMBER.because("You are not a member of this conversation.");
        }
        return member;
    }

    /** @throws dev.switchboard.protocol.FaultException {@code forbidden} for whoever may not change this room */
    Member manager(UUID userId) {
        Member member = member(userId);
        if (!member.manages()) {
            throw Fault.FORBIDDEN.because("Only owners and administrators of the conversation may do this.");
        }
        return member;
    }

    /**
     * The message with new content; the very same message when it has this content already.
     *
     * @throws dev.switchboard.protocol.FaultException {@code forbidden} for anybody but the sender, {@code not_found}
     *     once it is deleted
     */
    Message edit(Message message, UUID by, String content, java.time.Instant at) {
        member(by);
        if (!message.senderId().equals(by)) {
            throw Fault.FORBIDDEN.because("Only its sender may edit a message.");
        }
        if (message.deleted()) {
            throw Fault.NOT_FOUND.because("The message was deleted.");
        }
        return content.equals(message.content()) ? message : message.edited(content, at);
    }

    /**
     * The message without content; the very same message when it is deleted already.
     *
     * @throws dev.switchboard.protocol.FaultException {@code forbidden} for anybody but the sender and the room's managers
     */
    Message delete(Message message, UUID by, java.time.Instant at) {
        Member member = member(by);
        if (!message.senderId().equals(by) && !member.manages()) {
            throw Fault.FORBIDDEN.because("Only its sender or a manager of the conversation may delete a message.");
        }
        return message.deleted() ? message : message.tombstone(at);
    }

    /** Gives the next numbers to drafts, in order. Nothing changes until they are {@link #committed}. */
    List<Event<Message>> number(List<Draft> drafts) {
        long first = head() + 1;
        return java.util.stream.IntStream.range(0, drafts.size())
                .mapToObj(i -> drafts.get(i).numbered(first + i))
                .toList();
    }

    /** The events are in the database: the head moves over them. They must follow the head without a gap. */
    void committed(List<Event<Message>> events) {
        for (Event<Message> event : events) {
            recent.append(event);
            Message message = event.data();
            String clientId = message.clientId();
            if (event.type().equals(Event.MESSAGE_NEW) && clientId != null) {
                answered.put(
                        new ClientKey(message.senderId(), clientId),
                        new Sent(message.id(), message.seq(), message.createdAt(), true));
            }
        }
    }

    /** The answer that this sender got for this {@code clientId}, marked as a duplicate; null when it is not remembered. */
    @Nullable
    Sent recall(ClientKey key) {
        return answered.get(key);
    }

    /** The events after a number, or null when they are older than what is kept here. */
    @Nullable
    List<Event<Message>> after(long seq) {
        return recent.after(seq);
    }

    /** A message among the recent events, as it stands now; null when it is older. */
    @Nullable
    Message recentMessage(UUID messageId) {
        return recent.message(messageId);
    }
}
