// How VMs and vCPUs come into being, and what they are asked for before they run.

import { fragment, step } from '../fragment.ts';

export const createVm = fragment('vm.create', 'kvm_dev_ioctl_create_vm', {
  fdget: step('vm.getDevice', 'fdget of /dev/kvm', { ok: 'type', badFd: '^done' }),
  type: step('vm.testType', 'kvm_is_vm_type_supported', { ok: 'install', refused: '^done' }),
  install: step('vm.install', 'kvm_create_vm, fd_install', { ok: '^done' }),
});

export const createVcpu = fragment('vm.createVcpu', 'kvm_vm_ioctl_create_vcpu', {
  id: step('vcpu.testId', 'id below KVM_MAX_VCPU_IDS', { ok: 'insert', refused: '^done' }),
  insert: step('vcpu.insert', 'kvm_get_vcpu_by_id, xa_insert(&kvm->vcpu_array), create_vcpu_fd', { ok: '^done', exists: '^done' }),
});

export const checkCap = fragment('vm.checkCap', 'KVM_CHECK_EXTENSION of /dev/kvm or of a VM', {
  fdget: step('cap.getFile', 'fdget', { ok: 'check', device: 'ofDevice', badFd: '^done' }),
  ofDevice: step('cap.check', 'kvm_dev_ioctl: kvm_vm_ioctl_check_extension_generic(NULL)', { ok: '^done' }),
  check: step('cap.check', 'kvm_vm_ioctl_check_extension_generic', { ok: 'fdput' }),
  fdput: step('vm.fdput', 'fdput', { ok: '^done' }),
});

export const enableCap = fragment('vm.enableCap', 'kvm_vm_ioctl_enable_cap', {
  enable: step('cap.enable', 'KVM_CAP_EXIT_HYPERCALL', { ok: '^done' }),
});
