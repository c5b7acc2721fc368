/*
 * Executions that would begin remedies on two workloads, of which the policy allows one at a time, and a person who edits
 * the claims. What the executions do is the protocol of the limits: each label names the step of the code that it is.
 * docs/protocol.md says what is held, and what is left out.
 *
 * A rule of the protocol is taken away by -DNO_...: the checker has to find what goes wrong then.
 */
#define N 3
#define LIMIT 1

/* What each claim says of its holder. */
#define NOTHING 0
#define ASKS 1
#define BEGUN 2

byte says[N] = NOTHING;
/* The resourceVersion of each Lease: the API server's revision when it was written last. */
byte version[N];
byte revision = 0;

/* For the properties alone. */
byte underWay = 0;

#define wrote(i, what) says[i] = what; revision++; version[i] = revision

/* functions/run/places.ts, isAhead: what has begun counts, and of what asks, what was written before. */
#ifdef NO_MARK
#define isAhead(j, mine) (says[j] != NOTHING && version[j] < mine)
#else
#define isAhead(j, mine) (says[j] == BEGUN || (says[j] == ASKS && version[j] < mine))
#endif

/* Somebody labels a claim, whatever it says. */
active proctype Person() {
  byte which;
  byte edits = 0;
  do
  :: edits < 1 -> atomic {
       if
       :: which = 0
       :: which = 1
       :: which = 2
       fi;
       wrote(which, says[which]); edits++
     }
  :: break
  od
}

active [N] proctype Execution() {
  byte me = _pid - 1;
  byte seen, ahead, other;
  byte attempt = 0;

Ask: /* functions/run/take-place.ts, takePlace */
  if
  :: says[me] == BEGUN -> goto Begun /* functions/run/begin-remedy.ts, isBegun: its answer was lost */
  :: else -> skip
  fi;
#ifdef NO_ASK_BEFORE_LOOK
  seen = version[me];
#else
  atomic { wrote(me, ASKS); seen = version[me] }
  if
  :: attempt == 0 -> attempt = 1; goto Ask /* its answer was lost, and the step is tried again */
  :: skip
  fi;
#endif

Look: /* functions/run/limits.ts, limitFor: one list of all claims, in the newest state */
  atomic {
    ahead = 0;
    other = 0;
    do
    :: other == N -> break
    :: other < N ->
       if
       :: other != me && isAhead(other, seen) -> ahead++
       :: else -> skip
       fi;
       other++
    od
  };
  if
  :: ahead >= LIMIT -> goto Refused
  :: else -> skip
  fi;

Begin: /* functions/run/begin-remedy.ts, beginRemedy: only while the claim is as it was when it asked */
  atomic {
    if
#ifdef NO_LEASE_AS_ASKED
    :: true ->
#else
    :: version[me] == seen ->
#endif
      wrote(me, BEGUN); underWay++;
      assert(underWay <= LIMIT) /* never more under way than the policy allows */
    :: else -> goto Ask
    fi
  };
  if
  :: attempt < 2 -> attempt = 2; goto Ask /* its answer was lost, and the step is tried again */
  :: skip
  fi;

Begun:
  skip;

Release: /* functions/claim/claim.ts, release: after verification, or undo, and the report */
  atomic { wrote(me, NOTHING); underWay-- }
  goto Over;

Refused: /* functions/run/take-place.ts, heldBack */
  atomic { wrote(me, NOTHING) }

Over:
  skip
}

/* When nothing moves any more, nothing is left of what was asked. */
active proctype End() {
  timeout;
  assert(underWay == 0);
  assert(says[0] == NOTHING && says[1] == NOTHING && says[2] == NOTHING)
}
