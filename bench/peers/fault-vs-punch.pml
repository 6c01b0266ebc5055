/* The judge of the exploration: the protocol of protocol.ts in Promela, for Spin 6.5. VCPUS fault on the one page of a file while
   PUNCHES invalidators punch it. What stands between two semicolons, or in one d_step, is one step of protocol.ts.
   Build with -DVCPUS= -DPUNCHES=, with -DFAIR and -DANY_ORDER as in Variant, and with at most one mistake:
   -DNO_RECHECK -DNO_FLUSH -DINVERTED -DUNBALANCED. */

#ifndef VCPUS
#define VCPUS 2
#endif
#ifndef PUNCHES
#define PUNCHES 1
#endif
#define ACCESSES 2

/* struct kvm: the sequence of invalidations, and how many are open. */
byte sequence, open_invalidations;
/* mmu_lock, a read-write lock; waiting writers are counted where it is fair. */
byte readers, waiting;
bit writer;
/* The inode's invalidate lock. */
bit inode_locked;
/* The page cache and the page table have one entry each: 0, or a page frame; a TLB entry is a copy. Page frames are 1 and 2. */
byte cached, mapped, tlb[VCPUS];
bit in_use[3];
#ifdef ANY_ORDER
/* vCPUs that the flush has been at. */
byte flushed;
#define ALL ((1 << VCPUS) - 1)
#endif

#ifdef FAIR
#define READ_LOCK d_step { !writer && !waiting -> readers++ }
#define WRITE_LOCK waiting++; d_step { !writer && !readers -> writer = 1; waiting-- }
#else
#define READ_LOCK d_step { !writer -> readers++ }
#define WRITE_LOCK d_step { !writer && !readers -> writer = 1 }
#endif
#define LOCK_INODE d_step { !inode_locked -> inode_locked = 1 }

#ifdef NO_FLUSH
#define DROP(cpu) skip
#else
#define DROP(cpu) tlb[cpu] = 0
#endif

active [VCPUS] proctype vcpu() {
  byte snapshot, page, accesses;

guest:
  if
  :: d_step { tlb[_pid] && accesses < ACCESSES - 1 -> assert(in_use[tlb[_pid]]); accesses++ }; goto guest
  :: d_step { tlb[_pid] && accesses == ACCESSES - 1 -> assert(in_use[tlb[_pid]]); accesses++ }; goto ended
  :: d_step { !tlb[_pid] && mapped -> tlb[_pid] = mapped }; goto guest
  :: !tlb[_pid] && !mapped
  fi;

  snapshot = sequence;
  if
  :: d_step { open_invalidations -> snapshot = 0 }; goto guest
  :: !open_invalidations
  fi;
#ifdef INVERTED
  d_step { !writer -> readers++ };
  LOCK_INODE;
#endif
  if
  :: d_step { cached -> page = cached }
  :: d_step { !cached && !in_use[1] -> page = 1; cached = 1; in_use[1] = 1 }
  :: d_step { !cached && !in_use[2] -> page = 2; cached = 2; in_use[2] = 1 }
  fi;
#ifdef INVERTED
  inode_locked = 0;
#else
  READ_LOCK;
#endif
#ifdef NO_RECHECK
  (1);
#else
  if
  :: d_step { open_invalidations || snapshot != sequence -> readers--; snapshot = 0; page = 0 }; goto guest
  :: !open_invalidations && snapshot == sequence
  fi;
#endif
  mapped = page;
progress_mapped:
  d_step { readers--; snapshot = 0; page = 0 };
  goto guest;

ended:
end_vcpu:
  (0)
}

active [PUNCHES] proctype punch() {
  byte cpu;

  LOCK_INODE;
  WRITE_LOCK;
  open_invalidations++;
  mapped = 0;

flush:
  if
#ifdef ANY_ORDER
#define FLUSH(k) \
  :: d_step { !(flushed & (1 << k)) && (flushed | (1 << k)) != ALL -> DROP(k); flushed = flushed | (1 << k) }; goto flush \
  :: d_step { !(flushed & (1 << k)) && (flushed | (1 << k)) == ALL -> DROP(k); flushed = 0 }
  FLUSH(0)
#if VCPUS > 1
  FLUSH(1)
#endif
#if VCPUS > 2
  FLUSH(2)
#endif
#if VCPUS > 3
  FLUSH(3)
#endif
#else
  :: d_step { cpu < VCPUS - 1 -> DROP(cpu); cpu++ }; goto flush
  :: d_step { cpu == VCPUS - 1 -> DROP(cpu); cpu = 0 }
#endif
  fi;

  writer = 0;
  d_step {
    if
    :: cached -> in_use[cached] = 0; cached = 0
    :: else
    fi
  };
  WRITE_LOCK;
#ifdef UNBALANCED
  sequence++;
#else
  d_step { sequence++; open_invalidations-- };
#endif
  writer = 0;
  inode_locked = 0;
end_punch:
  (0)
}
