/** Numbers of the system calls that the filter looks at, for one processor. */
export interface SyscallTable {
  /** AUDIT_ARCH_* as the kernel reports it. */
  arch: number
  /** x86-64 has a second set of numbers (x32) from here on; all of it is refused. */
  x32From: number | null
  socket: number
  clone: number
  clone3: number
  ioctl: number
  /** Refused with EPERM, whatever the arguments. */
  refused: Readonly<Record<string, number>>
}

/** Calls added since Linux 5.1 have the same number everywhere. */
const shared = {
  io_uring_setup: 425,
  io_uring_enter: 426,
  io_uring_register: 427,
  open_tree: 428,
  move_mount: 429,
  fsopen: 430,
  fsconfig: 431,
  fsmount: 432,
  fspick: 433,
  pidfd_getfd: 438,
  mount_setattr: 442,
  quotactl_fd: 443,
  open_tree_attr: 467,
}

const x64: SyscallTable = {
  arch: 0xc000003e,
  x32From: 0x40000000,
  socket: 41,
  clone: 56,
  clone3: 435,
  ioctl: 16,
  refused: {
    ...shared,
    ptrace: 101,
    syslog: 103,
    pivot_root: 155,
    acct: 163,
    mount: 165,
    umount2: 166,
    swapon: 167,
    swapoff: 168,
    reboot: 169,
    iopl: 172,
    ioperm: 173,
    init_module: 175,
    delete_module: 176,
    quotactl: 179,
    lookup_dcookie: 212,
    kexec_load: 246,
    add_key: 248,
    request_key: 249,
    keyctl: 250,
    unshare: 272,
    perf_event_open: 298,
    open_by_handle_at: 304,
    setns: 308,
    process_vm_readv: 310,
    process_vm_writev: 311,
    kcmp: 312,
    finit_module: 313,
    kexec_file_load: 320,
    bpf: 321,
    userfaultfd: 323,
  },
}

const arm64: SyscallTable = {
  arch: 0xc00000b7,
  x32From: null,
  socket: 198,
  clone: 220,
  clone3: 435,
  ioctl: 29,
  refused: {
    ...shared,
    lookup_dcookie: 18,
    umount2: 39,
    mount: 40,
    pivot_root: 41,
    quotactl: 60,
    acct: 89,
    unshare: 97,
    kexec_load: 104,
    init_module: 105,
    delete_module: 106,
    syslog: 116,
    ptrace: 117,
    reboot: 142,
    add_key: 217,
    request_key: 218,
    keyctl: 219,
    swapon: 224,
    swapoff: 225,
    perf_event_open: 241,
    open_by_handle_at: 265,
    setns: 268,
    process_vm_readv: 270,
    process_vm_writev: 271,
    kcmp: 272,
    finit_module: 273,
    bpf: 280,
    userfaultfd: 282,
    kexec_file_load: 294,
  },
}

/** Tables by `process.arch`. */
export const syscallTables: Readonly<Record<string, SyscallTable>> = { x64, arm64 }
