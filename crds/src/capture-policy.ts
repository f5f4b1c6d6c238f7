// Written by `make generate` from crds/capturepolicies.yaml. Change that file, not this one.
import type { ObjectMeta } from './object-meta.ts';

/**
 * CapturePolicy says which pods of its namespace are captured, which of their HTTP exchanges
 * are kept, how much of each body, and what is made unreadable before it leaves the pod.
 * Pods without a policy are captured with the defaults given here. Where several policies
 * select a pod, the oldest one that covers a port decides about it; the redactions of all of
 * them apply.
 */
export interface CapturePolicy {
  readonly apiVersion: 'culvert.dev/v1alpha1';
  readonly kind: 'CapturePolicy';
  readonly metadata: ObjectMeta;
  readonly spec: CapturePolicySpec;
  readonly status?: CapturePolicyStatus;
}

/** What to capture. An empty spec captures every pod of the namespace with the defaults. */
export interface CapturePolicySpec {
  /**
   * Pods of this namespace that the policy applies to, by their labels. An empty selector
   * selects all of them. A pod must fulfil both matchLabels and matchExpressions where both
   * are given.
   */
  readonly selector: {
    /** Labels that a pod must have, with exactly these values, for example app: cart. */
    readonly matchLabels?: Readonly<Record<string, string>>;
    /** Requirements on labels, all of which a pod must fulfil. */
    readonly matchExpressions?: readonly {
      /** The label's key, for example app or app.kubernetes.io/name. */
      readonly key: string;
      /**
       * In and NotIn compare the label's value with values; a pod without the label fulfils NotIn.
       * Exists and DoesNotExist look at its presence only.
       */
      readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
      /** What In and NotIn compare with. */
      readonly values?: readonly string[];
    }[];
  };
  /**
   * Ports to capture; others are forwarded without a look. Without any, every TCP port that
   * containers declare is captured, except those of well-known databases and brokers. A port
   * that no container declares, or that such a database uses, is captured when it is named
   * here. Pods that run already capture a port only if it was redirected when they were made;
   * where it was not, the policy's status says RestartRequired.
   */
  readonly ports?: readonly {
    /**
     * The number of a port, for example 8080, or the name of a container's port, for example
     * http.
     */
    readonly port: number | string;
    /**
     * What is spoken there. HTTP, the default, is parsed and its exchanges are captured. TCP is
     * forwarded without a look, and its connections are counted.
     */
    readonly protocol: 'HTTP' | 'TCP';
  }[];
  /**
   * Ports, by number or name, that are not captured, whatever ports of this or another policy
   * say. Pods that are made from now on don't have them redirected at all.
   */
  readonly excludePorts?: readonly (number | string)[];
  /** Which exchanges are kept: those that at least one item describes. Without items, all are. */
  readonly match?: readonly {
    /** Request methods, any of which holds, for example GET. */
    readonly methods?: readonly string[];
    /**
     * Hosts that requests name, any of which holds, without port; *.example.com stands for every
     * name below example.com. Upper and lower case are equal.
     */
    readonly hosts?: readonly string[];
    /** Paths of requests, without the query, any of which holds. */
    readonly paths?: readonly {
      /**
       * Exact holds for this path alone; Prefix, the default, for this path and all below it, by
       * whole segments: /order stands for /order and /order/1, not for /orders; / stands for every
       * path.
       */
      readonly type: 'Exact' | 'Prefix';
      /** The path, for example /orders/. */
      readonly value: string;
    }[];
    /** Header fields of requests, all of which must hold. */
    readonly headers?: readonly {
      /** The field's name; upper and lower case are equal. */
      readonly name: string;
      /**
       * Exact, the default, holds when a field of this name has exactly this value; Present when
       * there is one; Absent when there is none.
       */
      readonly type: 'Exact' | 'Present' | 'Absent';
      /** What Exact compares with; upper and lower case differ. */
      readonly value?: string;
    }[];
    /** Ranges of response status codes, any of which holds. */
    readonly statuses?: readonly {
      /** The lowest status code, for example 500. */
      readonly min: number;
      /** The highest status code, for example 599; without it, min is the only one. */
      readonly max?: number;
    }[];
  }[];
  /**
   * Which exchanges are left out although match keeps them: those that at least one item
   * describes.
   */
  readonly exclude?: readonly {
    /** Request methods, any of which holds, for example GET. */
    readonly methods?: readonly string[];
    /**
     * Hosts that requests name, any of which holds, without port; *.example.com stands for every
     * name below example.com. Upper and lower case are equal.
     */
    readonly hosts?: readonly string[];
    /** Paths of requests, without the query, any of which holds. */
    readonly paths?: readonly {
      /**
       * Exact holds for this path alone; Prefix, the default, for this path and all below it, by
       * whole segments: /order stands for /order and /order/1, not for /orders; / stands for every
       * path.
       */
      readonly type: 'Exact' | 'Prefix';
      /** The path, for example /orders/. */
      readonly value: string;
    }[];
    /** Header fields of requests, all of which must hold. */
    readonly headers?: readonly {
      /** The field's name; upper and lower case are equal. */
      readonly name: string;
      /**
       * Exact, the default, holds when a field of this name has exactly this value; Present when
       * there is one; Absent when there is none.
       */
      readonly type: 'Exact' | 'Present' | 'Absent';
      /** What Exact compares with; upper and lower case differ. */
      readonly value?: string;
    }[];
    /** Ranges of response status codes, any of which holds. */
    readonly statuses?: readonly {
      /** The lowest status code, for example 500. */
      readonly min: number;
      /** The highest status code, for example 599; without it, min is the only one. */
      readonly max?: number;
    }[];
  }[];
  /**
   * Whether requests of the kubelet's probes are kept. Exclude, the default, counts them only;
   * Capture treats them as other requests. A probe is what says so itself, by a User-Agent
   * that begins with kube-probe/, which any client can write.
   */
  readonly probes: 'Exclude' | 'Capture';
  /**
   * Which share of the exchanges that match is kept, as percent or as fraction; all of them
   * without it. Exchanges of one trace are kept or left out together. What is left out is
   * counted.
   */
  readonly sampling?: {
    /** Exchanges to keep of each hundred. */
    readonly percent?: number;
    /** The share as a fraction, for less than one percent: 1 of 1000 keeps 0.1 %. */
    readonly fraction?: {
      /** How many exchanges are kept of as many as denominator says. */
      readonly numerator: number;
      /** Of how many exchanges numerator are kept; 100 by default. */
      readonly denominator: number;
    };
  };
  /** How much of each body is captured. Longer bodies are forwarded whole and captured in part. */
  readonly bodies: {
    /**
     * The first bytes of each request body that are captured, 1048576 (1 MiB) by default; 0
     * keeps no body, only its size.
     */
    readonly requestBytes: number;
    /**
     * The first bytes of each response body that are captured, 1048576 (1 MiB) by default; 0
     * keeps no body, only its size.
     */
    readonly responseBytes: number;
  };
  /**
   * Whose values are replaced by placeholders before anything leaves the pod. Equal values
   * have equal placeholders, so that they can still be compared.
   */
  readonly redaction: {
    /**
     * Whether authorization, cookie, set-cookie, proxy-authorization and x-api-key are redacted
     * besides headers. Redact is the default.
     */
    readonly defaultHeaders: 'Redact' | 'Keep';
    /** More header fields of requests and responses, by name; upper and lower case are equal. */
    readonly headers?: readonly string[];
    /**
     * Cookies, by name, in Cookie and Set-Cookie. Unless defaultHeaders is Keep, both fields are
     * redacted as a whole anyway.
     */
    readonly cookies?: readonly string[];
    /** Parameters in the query of URLs, by their decoded name. */
    readonly queryParameters?: readonly string[];
    /** Parameters in the path of URLs (/cart;jsessionid=…), by their decoded name. */
    readonly pathParameters?: readonly string[];
  };
  /**
   * What happens to pods that run without the sidecar. Manual, the default, leaves them until
   * somebody restarts them; RollingUpdate restarts their workloads, one at a time and as
   * gently as each workload's own strategy says.
   */
  readonly rolloutPolicy: 'Manual' | 'RollingUpdate';
}

/** What has become of the policy. Written by the operator. */
export interface CapturePolicyStatus {
  /** The generation of the spec that this status is about. */
  readonly observedGeneration?: number;
  /** How many pods the selector matches. */
  readonly matchedPods?: number;
  /** How many of the matched pods have the sidecar. */
  readonly injectedPods?: number;
  /** How many of the matched pods have a sidecar that runs the policy as it is now. */
  readonly upToDatePods?: number;
  /** Why matched pods are not captured, or not as the policy says, by reason. */
  readonly uncovered?: readonly {
    /** The reason in one word, for example NotOptedIn, HostNetwork or RestartRequired. */
    readonly reason: string;
    /** The reason in a sentence, with what to do about it. */
    readonly message?: string;
    /** How many pods it holds for. */
    readonly pods: number;
    /** The name of one of them. */
    readonly example?: string;
  }[];
  /**
   * Accepted, ResolvedRefs, Injected and Ready, each with status, reason and message;
   * Overridden where other policies decide about some of its ports; RolledOut where
   * rolloutPolicy is RollingUpdate.
   */
  readonly conditions?: readonly {
    /** The aspect. */
    readonly type: string;
    /** Whether it holds. */
    readonly status: 'True' | 'False' | 'Unknown';
    /** The generation of the spec that the condition is about. */
    readonly observedGeneration?: number;
    /** When its status last changed. */
    readonly lastTransitionTime: string;
    /** Why, in one word. */
    readonly reason: string;
    /** Why, in a sentence. */
    readonly message: string;
  }[];
}
