import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Attendance } from '../../main/resources/webroot/switchboard/attendance.js';

const person = (userId, version, more = {}) => ({ userId, version, socketId: `s-${userId}`, joinedAt: `2026-01-01T00:00:0${version}Z`, hand: false, ...more });
const meeting = (version, more = {}) => ({ id: 'm', version, hostId: 'ann', ownerId: 'ann', participants: [], ...more });
const names = (people) => people.map(({ userId }) => userId);

function entered() {
  const attendance = new Attendance('ann');
  attendance.state({ meeting: meeting(2), participants: [person('bob', 2), person('ann', 1)] });
  return attendance;
}

test('attendance: who entered first comes first, hands in the order of raising', () => {
  const attendance = entered();
  assert.deepEqual(names(attendance.people), ['ann', 'bob']);
  attendance.update(person('cid', 3, { hand: true, handNo: 1 }));
  attendance.update(person('ann', 4, { joinedAt: '2026-01-01T00:00:01Z', hand: true, handNo: 2 }));
  assert.deepEqual(names(attendance.hands), ['cid', 'ann']);
  assert.equal(attendance.self.handNo, 2);
});

test('attendance: older news change nothing, in whatever order they come', () => {
  const attendance = entered();
  attendance.update(person('bob', 5, { muted: true }));
  attendance.update(person('bob', 4, { muted: false }));
  assert.equal(attendance.find('bob').muted, true);
  assert.equal(attendance.leave({ userId: 'bob', version: 3 }), false);
  assert.equal(attendance.leave({ userId: 'bob', version: 6 }), true);
  attendance.update(person('bob', 5));
  assert.deepEqual(names(attendance.people), ['ann'], 'an update from before the leaving brings nobody back');
  attendance.update(person('bob', 7));
  assert.deepEqual(names(attendance.people), ['ann', 'bob']);
  assert.equal(attendance.state({ meeting: meeting(1), participants: [] }), false);
  attendance.terms(meeting(1, { locked: true }));
  assert.equal(attendance.info.locked, undefined);
});

test('attendance: the host and the owner lead', () => {
  const attendance = entered();
  assert.equal(attendance.leading, true);
  attendance.terms(meeting(3, { hostId: 'bob' }));
  assert.equal(attendance.leading, true, 'the owner');
  attendance.terms(meeting(4, { hostId: 'bob', ownerId: 'bob' }));
  assert.equal(attendance.leading, false);
});
