/*
 * Two executions, a person and the time, at one workload. What the executions do is the protocol of the claim: each label
 * names the step of the code that it is. docs/protocol.md says what is held, and what is left out.
 *
 * A rule of the protocol is taken away by -DNO_...: the checker has to find what goes wrong then.
 */
#define N 2

/* The pod template: BAD fails, GOOD is what the remedy puts back, OTHER is a person's own. */
#define BAD 0
#define GOOD 1
#define OTHER 2

/* Who holds the claim, or wrote the template. The executions are 0 and 1. */
#define NOBODY 2
#define PERSON 3

/* How old a claim is. Within its margin no step begins that writes. */
#define FRESH 0
#define MARGIN 1
#define EXPIRED 2

/* What a step knows of what it did. */
#define NOT_APPLIED 0
#define APPLIED 1
#define FAILED 2

/* At which step an execution was stopped, or which one of it still runs. */
#define AT_REMEDY 0
#define AT_VERIFY 1
#define AT_UNDO 2

/* The workload, and whether its resourceVersion is the one that an execution has read. */
byte object = BAD;
bool objectAsRead[N];
byte author = NOBODY;

/* The Lease, and whether its resourceVersion is the one that an execution has read. What it remembers: remedies that were begun, and that ended. */
byte holder = NOBODY;
bool leaseAsRead[N];
bool begun[N];
bool ended[N];
byte age[N] = EXPIRED;

/* Whether a function is at work that may write. */
bool writing[N];

/*
 * The step that still runs though its execution was stopped: whose it is, which one, and whether the claim ends as it was told.
 * There is one at most, of the first execution: both are alike.
 */
byte straggler = NOBODY;
byte straggles;
bool asGiven;
bool asRead;

/* For the properties alone. */
byte remedies = 0;
bool changed[N];
bool settled[N];
bool told[N];

#ifdef NO_MARGIN
#define maySpend(i) (age[i] != EXPIRED)
#define mayExpire(i) true
#else
#define maySpend(i) (age[i] == FRESH)
#ifdef SLOW_STEPS
#define mayExpire(i) true
#else
#define mayExpire(i) (!writing[i] && straggler != i)
#endif
#endif

/* functions/remedies/writer.ts, patch: only while the object is as it was read. */
#ifdef NO_PRECONDITION
#define isAsRead(i) true
#else
#define isAsRead(i) objectAsRead[i]
#endif
/* Every write gives its object another resourceVersion. */
#define writeObject objectAsRead[0] = false; objectAsRead[1] = false; asRead = false
#define writeLease leaseAsRead[0] = false; leaseAsRead[1] = false
/* Taking a claim, taking it up again and giving it back give it another end. */
#define moveEnd asGiven = false

/* The clock of a claim: a step that has begun in time is over before the claim is. */
active proctype Time() {
  do
  :: age[0] == FRESH -> age[0] = MARGIN
  :: age[1] == FRESH -> age[1] = MARGIN
  :: atomic { age[0] == MARGIN && mayExpire(0) -> age[0] = EXPIRED }
  :: atomic { age[1] == MARGIN && mayExpire(1) -> age[1] = EXPIRED }
  :: timeout -> break
  od
}

/*
 * A person edits the template once: to something else, or to the very template that the remedy puts back. The last only before
 * a remedy's step is at work: docs/protocol.md says why.
 */
active proctype Person() {
  if
  :: atomic { object != OTHER -> object = OTHER; writeObject; author = PERSON }
  :: atomic { object == BAD && straggler == NOBODY && !writing[0] && !writing[1] && !begun[0] && !begun[1] -> object = GOOD; writeObject; author = PERSON }
  :: skip
  fi
}

active [N] proctype Execution() {
  byte me = _pid - 2;
  byte other = 1 - me;
  byte attempt = 0;
  byte seen, seenHolder;
  bool again;
  byte result = NOT_APPLIED;
  bool stopped = false;
  bool hasStraggled = false;
  bool redriven = false; /* functions/run/redrive.ts, assertNotRedriven: redriven since it has its claim */
  bool lapsed = false;   /* and its claim had expired meanwhile */
  bool denies = false;   /* it reports that nothing was done */
  bool reported = false; /* it has named what it did */
  byte at = AT_REMEDY;

/*
 * Between two states, and while a function is at work, somebody may stop the execution. EventBridge tells of that. It may be
 * redriven at any later time: the state that was stopped begins anew, and what it tells in the end is what counts.
 */
#define isStopped stopped = true; told[me] = true; if :: goto Over :: redriven = true; told[me] = reported; attempt = 0 fi
#define mayBeStopped \
  if \
  :: !stopped -> isStopped \
  :: skip \
  fi
#ifdef NO_TAKE_UP
#define mayGoOn skip
#else
#define mayGoOn \
  if \
  :: redriven -> goto TakeUp \
  :: else -> skip \
  fi
#endif

/* A step at work may outlive the stop of its execution. */
#define mayStraggle(step) \
  if \
  :: atomic { me == 0 && !stopped && straggler == NOBODY && !hasStraggled -> straggler = me; straggles = step; asGiven = true; hasStraggled = true; writing[me] = false }; \
     isStopped; mayGoOn \
  :: skip \
  fi

Claim: /* functions/claim/claim.ts, acquire */
  mayBeStopped;
  atomic { seenHolder = holder; leaseAsRead[me] = true }
  if
  :: seenHolder == me && !redriven -> goto Diagnose
#ifndef NO_CLAIM
  :: seenHolder == other && age[other] != EXPIRED -> goto Over
#endif
  :: else -> skip
  fi;
  /* functions/run/others-since.ts: what was found is from before that. Its own claim is given back. */
#ifndef NO_OTHERS_SINCE
  if
  :: stopped && (begun[other] || ended[other]) -> denies = true; goto Report
  :: else -> skip
  fi;
#endif
  if
  :: seenHolder == me -> goto Take /* its own: it had begun nothing yet */
  :: else -> skip
  fi;
  /* functions/run/cool-down.ts, pause: what was begun or ended on this very template speaks against another try, for a time. */
#ifndef NO_HISTORY
  if
  :: object == BAD && !stopped && (begun[other] || ended[other]) -> told[me] = true; goto Over
  :: else -> skip
  fi;
#endif
Take:
  atomic {
    if
#ifdef NO_LEASE_VERSION
    :: true -> holder = me; writeLease; moveEnd; age[me] = FRESH; redriven = false
#else
    :: leaseAsRead[me] -> holder = me; writeLease; moveEnd; age[me] = FRESH; redriven = false
    :: else -> goto Claim
#endif
    fi
  };
  if
  :: attempt == 0 -> attempt = 1; goto Claim /* its answer was lost, and the step is tried again */
  :: skip
  fi;

Diagnose: /* functions/classify/classify.ts */
  mayBeStopped;
  mayGoOn;
  seen = object;
  if
  :: seen != BAD -> denies = true; goto Report
  :: else -> attempt = 0
  fi;

Remedy: /* functions/remedies/step.ts, apply; functions/remedies/rollback/switch-template.ts */
  at = AT_REMEDY;
  mayBeStopped;
  mayGoOn;
  if
  :: atomic { maySpend(me) -> writing[me] = true }
  :: else -> result = FAILED; goto Look
  fi;
  mayStraggle(AT_REMEDY);
Read:
  atomic { seen = object; objectAsRead[me] = true }
  again = attempt > 0 && (holder != me || begun[me]); /* functions/run/begin-remedy.ts, mayBeOwn */
  if
  :: seen == GOOD -> result = (again -> APPLIED : NOT_APPLIED)
  :: seen == OTHER -> result = NOT_APPLIED
  :: seen == BAD ->
Begin: /* functions/run/begin-remedy.ts, beginRemedy */
#ifndef NO_INTENT
    atomic { seenHolder = holder; leaseAsRead[me] = true }
    if
#ifndef NO_HOLDER_CHECK
    :: seenHolder != me -> result = FAILED; goto Wrote
#endif
    :: else -> skip
    fi;
    atomic {
      if
      :: leaseAsRead[me] -> begun[me] = true; writeLease
      :: else -> goto Begin
      fi
    };
    if
    :: result = FAILED; goto Wrote /* the function ends here */
    :: skip
    fi;
#endif
    atomic {
      if
      :: isAsRead(me) ->
        assert(author != PERSON); /* a person's change is never overwritten */
        assert(remedies == 0);    /* never two remedies on one state */
        assert(begun[me]);        /* no change without a word of it in the claim */
        remedies++; object = GOOD; writeObject; author = me; changed[me] = true; result = APPLIED
      :: else -> goto Read
      fi
    }
  fi;
Wrote:
  writing[me] = false;
  if
  :: attempt == 0 -> attempt = 1; goto Remedy /* the answer was lost, and the step is tried again */
  :: goto Look                                /* it was lost each time */
  :: !stopped -> isStopped; goto Remedy
  :: skip
  fi;
  if
  :: result == APPLIED -> goto Verify
  :: result == FAILED -> goto Look
  :: else -> denies = true; goto Report
  fi;

Look: /* functions/verify/look.ts */
  mayBeStopped;
  mayGoOn;
  if
  :: !maySpend(me) -> goto Report
  :: else -> skip
  fi;
#ifdef NO_LOOK_AT_THE_CLAIM
  again = true;
#else
  again = holder != me || begun[me];
#endif
  if
  :: object == GOOD && again -> goto Verify
  :: else -> goto Report
  fi;

Verify: /* functions/verify/verify.ts */
  at = AT_VERIFY;
  mayBeStopped;
  mayGoOn;
  if
  :: object != GOOD -> goto Report      /* overtaken */
  :: object == GOOD -> settled[me] = true; goto Report /* recovered */
  :: object == GOOD -> attempt = 0      /* it does not recover */
  fi;

Undo: /* functions/remedies/step.ts, undo */
  at = AT_UNDO;
  mayBeStopped;
  mayGoOn;
  if
  :: lapsed -> goto Report /* nobody knows how it was in between */
  :: else -> skip
  fi;
  if
  :: atomic { maySpend(me) -> writing[me] = true }
  :: else -> goto Report
  fi;
  mayStraggle(AT_UNDO);
#ifndef NO_TAKEOVER_CHECK
  if
  :: holder == other -> writing[me] = false; goto Report /* functions/run/begin-remedy.ts, assertNotTakenOver */
  :: else -> skip
  fi;
#endif
ReadUndo:
  atomic { seen = object; objectAsRead[me] = true }
  if
#ifdef NO_OVERTAKEN
  :: seen != BAD ->
#else
  :: seen == GOOD ->
#endif
    atomic {
      if
      :: isAsRead(me) ->
        assert(author != PERSON);
        assert(!settled[me]);    /* what was verified is not undone */
        object = BAD; writeObject; author = me; settled[me] = true
      :: else -> goto ReadUndo
      fi
    }
  :: else -> skip
  fi;
  writing[me] = false;
  if
  :: attempt == 0 -> attempt = 1; goto Undo
  :: !stopped -> isStopped; goto Undo
  :: skip
  fi;
  goto Report;

VerifyUndo: /* functions/verify/verify-undo.ts, of an undo at which the execution was stopped */
  if
  :: object == GOOD -> goto Verify
  :: object == BAD -> settled[me] = true; goto Report
  :: else -> goto Report
  fi;

TakeUp: /* functions/claim/take-up.ts */
  atomic { seenHolder = holder; leaseAsRead[me] = true }
#ifndef NO_TAKEN_CHECK
  if
  :: seenHolder != me && at == AT_REMEDY && !begun[me] -> goto Claim
  :: seenHolder != me && (at != AT_REMEDY || begun[me]) -> goto Report /* another has had it: it says what it did */
  :: else -> skip
  fi;
#endif
#ifndef NO_OTHERS_SINCE
  if
  :: at == AT_REMEDY && !begun[me] && (begun[other] || ended[other]) -> goto Claim
  :: else -> skip
  fi;
#endif
  atomic {
    if
    :: leaseAsRead[me] ->
      lapsed = (age[me] == EXPIRED && (at != AT_REMEDY || begun[me]));
      holder = me; writeLease; moveEnd; age[me] = FRESH; redriven = false
    :: else -> goto TakeUp
    fi
  };
  if
  :: at == AT_REMEDY && begun[me] -> goto Look
  :: at == AT_REMEDY && !begun[me] -> goto Diagnose
  :: at == AT_VERIFY -> goto Verify
  :: at == AT_UNDO -> goto VerifyUndo
  fi;

Report: /* functions/notify/message.ts: every outcome but a verified one names what is or may be left */
  atomic { attempt = 0; again = false; seen = 0; seenHolder = 0; result = NOT_APPLIED; lapsed = false; at = AT_REMEDY };
  mayBeStopped;
#ifndef NO_REPORT
  reported = !denies;
  told[me] = told[me] || reported;
#endif

Release: /* functions/claim/claim.ts, release */
  mayBeStopped;
  atomic {
    if
#ifdef NO_RELEASE_CHECK
    :: true ->
#else
    :: holder == me ->
#endif
      if
      :: changed[me] || begun[me] -> ended[me] = true
      :: else -> skip
      fi;
      holder = NOBODY; writeLease; moveEnd
    :: else -> skip
    fi
  };

Over:
  skip
}

/*
 * The step that still runs. It reads as any other does, and begins, or undoes, only while the claim ends as it was told:
 * functions/run/begin-remedy.ts, isTakenUpSince.
 */
active proctype Straggler() {
  byte seen;
#ifdef NO_BEGIN_AS_GIVEN
#define mayBegin true
#else
#define mayBegin asGiven
#endif
#ifdef NO_UNDO_AS_GIVEN
#define mayUndo true
#else
#define mayUndo asGiven
#endif
end:
  straggler != NOBODY;
Read:
  atomic { seen = object; asRead = true }
  if
  :: straggles == AT_REMEDY && seen == BAD ->
    atomic {
      if
      :: holder == straggler && mayBegin -> begun[straggler] = true; writeLease
      :: else -> goto Done
      fi
    };
    atomic {
      if
      :: asRead ->
        assert(author != PERSON);
        assert(remedies == 0);
        remedies++; object = GOOD; writeObject; author = straggler; changed[straggler] = true
      :: else -> goto Read
      fi
    }
  :: straggles == AT_UNDO && seen == GOOD ->
    atomic {
      if
      :: (holder == NOBODY || holder == straggler) && mayUndo ->
        if
        :: asRead ->
          assert(author != PERSON);
          assert(!settled[straggler]); /* what was verified is not undone */
          object = BAD; writeObject; author = straggler; settled[straggler] = true
        :: else -> goto Read
        fi
      :: else -> goto Done
      fi
    }
  :: else -> skip
  fi;
Done:
  straggler = NOBODY
}

/*
 * When nothing moves any more: every change is verified, undone or told of, unless a person has replaced it, and every claim
 * has ended.
 */
active proctype End() {
  timeout;
  timeout;
  assert(!changed[0] || settled[0] || told[0] || author == PERSON);
  assert(!changed[1] || settled[1] || told[1] || author == PERSON);
  assert(holder == NOBODY || age[holder] == EXPIRED)
}
